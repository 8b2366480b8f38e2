/** The attributes of a toxic, out of a request. */
import {outOfRange, type Ranges} from '../toxics/range.ts'
import {type Fields, field, integerField, objectOf} from './decode.ts'
import {badBody} from './error.ts'

/** The attributes a request gives. Throws ApiError 400. */
export function attributesOf(fields: Fields): Fields {
  return objectOf(field(fields, 'attributes'), 'struct field ToxicWrapper.attributes of type toxics.NoopToxic')
}

/** Every attribute of the type, given ones over present ones. Throws ApiError 400. */
export function mergedAttributes(type: string, ranges: Ranges, present: Record<string, number>, given: Fields) {
  const struct = `${type.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Toxic.attributes`
  const attributes: Record<string, number> = {}
  for (const name of ranges.attributes) attributes[name] = integerField(given, name, struct) ?? present[name] ?? 0
  const refused = outOfRange(ranges, attributes)
  if (refused !== undefined) throw badBody(refused)
  return attributes
}
