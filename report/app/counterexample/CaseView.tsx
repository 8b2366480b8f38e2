/** One case: what happened, which order was tried, where it got stuck, and why. */
import type {ComponentChildren, RefObject} from 'preact'
import {useLayoutEffect, useMemo, useRef, useState} from 'preact/hooks'
import {consistencyOf} from '../../../core/verdict-detail.ts'
import {LeadUp} from '../lead-up/LeadUp.tsx'
import {Copy} from '../shell/Copy.tsx'
import {withLinks} from '../shell/links.tsx'
import type {Store} from '../store.ts'
import {StoryView} from '../transactions/StoryView.tsx'
import {Detail} from './Detail.tsx'
import {Drawing} from './Drawing.tsx'
import {realTimeDiagram, warpedDiagram} from './layout.ts'
import {caseMarkdown} from './markdown.ts'
import {Progress} from './Progress.tsx'
import {Recorded} from './Recorded.tsx'
import {Steps} from './Steps.tsx'
import {linearizationWith, sceneOf} from './scene.ts'
import {Why} from './Why.tsx'

/** Left of the drawing, with its border, CSS pixels. */
const LANE_NAMES = 54

interface Props {
  readonly store: Store
  readonly at: number
  /** What is to be said below. */
  readonly children?: ComponentChildren
}

export function CaseView({store, at, children}: Props) {
  const each = store.cases[at]!
  const {table} = store.report
  const scene = useMemo(() => sceneOf(table, each), [table, each])
  const {story} = each
  const [pointed, setPointed] = useState<number>()
  const [chosen, choose] = useState<number>()
  const [realTime, setRealTime] = useState(false)
  const which = chosen ?? linearizationWith(scene, pointed)
  const steps = scene.linearizations[which] ?? []
  const [frame, room] = useWidth(LANE_NAMES)
  const [taken, take] = useState(Number.POSITIVE_INFINITY)
  const diagram = useMemo(() => {
    const order = steps.map((step) => step.row)
    return (realTime ? realTimeDiagram : warpedDiagram)(scene.operations, order, room)
  }, [scene, steps, realTime, room])
  const sentence = each.anomaly?.sentence ?? each.verdict.reason ?? each.verdict.summary
  const shownSteps = Math.min(taken, steps.length)
  return (
    <div class="case">
      <div class="case-main" ref={frame}>
        <header class="case-head">
          <div>
            <div class={each.anomaly === undefined ? 'case-kind unknown' : 'case-kind'}>
              {each.anomaly?.type ?? 'inconclusive'}
              {each.anomaly?.key !== undefined && <span class="mono"> · {String(each.anomaly.key)}</span>}
              <span class="dim"> · {each.verdict.property}</span>
            </div>
            {sentence !== store.report.payload.judgement.sentence && <h2>{withLinks(store, sentence)}</h2>}
          </div>
          {scene.operations.length > 0 && (
            <div class="case-actions">
              <fieldset class="segmented" aria-label="Time axis">
                <button type="button" aria-pressed={!realTime} onClick={() => setRealTime(false)}>
                  Order
                </button>
                <button type="button" aria-pressed={realTime} onClick={() => setRealTime(true)}>
                  Real time
                </button>
              </fieldset>
              <button type="button" class="quiet" onClick={() => showInFull(store, scene.operations, scene.impossible)}>
                Show in full history
              </button>
              <Copy
                text={() => caseMarkdown(table, store.report.payload, each)}
                label="Copy as Markdown"
                title="The operations, the argument, what led to it and the command, for an issue"
              />
            </div>
          )}
        </header>
        {story !== undefined && <StoryView store={store} story={story} room={room + LANE_NAMES} />}
        {each.reached.length > 0 && <Progress store={store} reached={each.reached} />}
        {scene.hidden > 0 && (
          <p class="banner inside">
            The last {scene.operations.length} operations are drawn; {scene.hidden} came before them.
          </p>
        )}
        {scene.operations.length > 0 && (
          <Drawing
            store={store}
            each={each}
            scene={scene}
            diagram={diagram}
            steps={steps}
            taken={shownSteps}
            next={scene.next[which] ?? []}
            onPoint={setPointed}
          />
        )}
        {steps.length > 0 && (
          <Steps
            store={store}
            scene={scene}
            steps={steps}
            taken={shownSteps}
            next={scene.next[which] ?? []}
            onTake={take}
            states={each.counterexample?.states ?? []}
            which={{at: which, of: scene.linearizations.length, choose}}
          />
        )}
        {story === undefined && steps.length === 0 && scene.operations.length > 0 && (
          <Recorded store={store} scene={scene} />
        )}
        {children}
      </div>
      <Why store={store} each={each} />
      <div class="case-more">
        <LeadUp store={store} each={each} />
        <Detail
          each={each}
          drawn={story !== undefined || each.reached.length > 0 || consistencyOf(each.verdict) !== undefined}
        />
      </div>
    </div>
  )
}

/** The width that the drawing may have, followed as the page changes. */
function useWidth(less: number): [RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(800)
  useLayoutEffect(() => {
    const element = ref.current as HTMLDivElement
    const measure = () => {
      const style = getComputedStyle(element)
      setWidth(
        element.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight) - less,
      )
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [less])
  return [ref, width]
}

function showInFull(store: Store, operations: readonly {readonly row: number}[], impossible: number | undefined): void {
  store.tab.value = 'timeline'
  store.lookAt(operations.map((operation) => operation.row))
  if (impossible !== undefined) store.select(impossible)
}
