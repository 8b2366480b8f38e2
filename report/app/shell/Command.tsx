/** A command to copy, which breaks between its words and not at the hyphens of its flags. */
import {Copy} from './Copy.tsx'

export function Command({line, label}: {readonly line: string; readonly label: string}) {
  return (
    <div class="command">
      <code>{line.split(' ').map((word, at) => [at > 0 && ' ', <span key={at}>{word}</span>])}</code>
      <Copy text={line} label={label} title={`Copy: ${line}`} />
    </div>
  )
}
