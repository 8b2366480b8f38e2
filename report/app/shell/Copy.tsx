/** A button that copies, and says that it did. */
import {useState} from 'preact/hooks'
import {Icon} from './Icon.tsx'

interface Props {
  readonly text: string | (() => string)
  readonly label: string
  readonly title?: string
  readonly kind?: 'primary' | 'quiet'
}

export function Copy({text, label, title, kind = 'quiet'}: Props) {
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle')
  const copy = async () => {
    setState((await writeClipboard(typeof text === 'string' ? text : text())) ? 'done' : 'failed')
  }
  return (
    <button type="button" class={`copy ${kind}`} title={title} onClick={() => void copy()}>
      <Icon name={state === 'done' ? 'valid' : 'copy'} />
      {state === 'idle' ? (
        label
      ) : (
        // The word fades by itself; the end of the fade is the cue to return to the label.
        <span class="copied" role="status" onAnimationEnd={() => setState('idle')}>
          {state === 'done' ? 'Copied' : 'Could not copy'}
        </span>
      )}
    </button>
  )
}

/** The clipboard where the browser allows it on file://, else the selection trick that always works. */
async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    area.className = 'offscreen'
    document.body.append(area)
    area.select()
    const done = document.execCommand('copy')
    area.remove()
    return done
  }
}
