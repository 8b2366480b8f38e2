/** docs/targets.md says what the registry says. Written anew with `npx vitest run tests/targets-page.test.ts -u`. */
import {expect, test} from 'vitest'
import {targetsPage} from '../scripts/targets-page.ts'
import {BUNDLED} from '../targets/index.ts'

test('docs/targets.md is up to date', async () => {
  await expect(targetsPage(BUNDLED)).toMatchFileSnapshot('../docs/targets.md')
})
