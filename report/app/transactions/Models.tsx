/** What a verdict on transactions says of the consistency models: in words, and as a picture of which implies which. */
import {useMemo} from 'preact/hooks'
import type {ConsistencyDetail} from '../../../core/verdict-detail.ts'
import {BOX_HEIGHT, BOX_WIDTH, FATE_MARK, FATE_WORDS, type Fate, fateOf, latticeOf, type Weaker} from './lattice.ts'

interface Props {
  readonly consistency: ConsistencyDetail
  readonly weaker: Weaker
}

export function Models({consistency, weaker}: Props) {
  const {models, not, alsoNot, strongest, allowed} = consistency
  return (
    <section class="models">
      <h3>What this says of the consistency models</h3>
      <dl class="consistency">
        <Row name="Promised" models={models} consistency={consistency} weaker={weaker} />
        <Row name="Weakest violated" models={not} consistency={consistency} weaker={weaker} none="none" />
        {alsoNot.length > 0 && (
          <Row name="Also violated" models={alsoNot} consistency={consistency} weaker={weaker} quiet />
        )}
        <Row name="Strongest not ruled out" models={strongest} consistency={consistency} weaker={weaker} none="none" />
        {allowed.length > 0 && (
          <div>
            <dt>Found, but allowed</dt>
            <dd>{allowed.join(', ')}</dd>
          </div>
        )}
      </dl>
      {Object.keys(weaker).length > 0 && <Picture consistency={consistency} weaker={weaker} />}
    </section>
  )
}

interface RowProps extends Props {
  readonly name: string
  readonly models: readonly string[]
  readonly none?: string
  readonly quiet?: boolean
}

function Row({name, models, consistency, weaker, none = '', quiet = false}: RowProps) {
  if (models.length === 0 && none === '') return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {models.length === 0 && none}
        {quiet
          ? models.join(', ')
          : models.map((model) => {
              const fate = fateOf(model, consistency, weaker)
              return (
                <span key={model} class={`model ${fate}`}>
                  {FATE_MARK[fate]} {model}
                </span>
              )
            })}
      </dd>
    </div>
  )
}

const LEGEND: readonly Fate[] = ['weakest-out', 'out', 'strongest', 'stands', 'open']

function Picture({consistency, weaker}: Props) {
  const {nodes, links, width, height, unplaced} = useMemo(() => latticeOf(consistency, weaker), [consistency, weaker])
  const fates = LEGEND.filter((fate) => nodes.some((node) => node.fate === fate))
  return (
    <figure class="lattice">
      <div class="diagram-scroll" data-scrolls>
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-label={nodes.map(({model, fate}) => `${model}: ${FATE_WORDS[fate]}`).join('; ')}
        >
          {links.map(({from, to}) => (
            <line
              key={`${from.model} ${to.model}`}
              x1={from.x + BOX_WIDTH / 2}
              y1={from.y + BOX_HEIGHT}
              x2={to.x + BOX_WIDTH / 2}
              y2={to.y}
            />
          ))}
          {nodes.map(({model, label, fate, asked, x, y}) => (
            <g key={model} class={`model ${fate} ${asked ? 'asked' : ''}`}>
              <title>{`${model}: ${FATE_WORDS[fate]}${asked ? '; this was promised' : ''}`}</title>
              <rect x={x} y={y} width={BOX_WIDTH} height={BOX_HEIGHT} rx={5} />
              <text x={x + 7} y={y + 15}>
                <tspan class="fate">{FATE_MARK[fate]}</tspan>
                <tspan class="label" dx={5}>
                  {label}
                </tspan>
              </text>
            </g>
          ))}
        </svg>
      </div>
      <figcaption>
        {fates.map((fate) => (
          <span key={fate}>
            <i class={`key ${fate}`}>{FATE_MARK[fate]}</i> {FATE_WORDS[fate]}
          </span>
        ))}
        <span>
          The stronger stands above what it implies; SI snapshot isolation, RC read committed, RU read uncommitted.
        </span>
        {unplaced.length > 0 && <span>Not drawn: {unplaced.join(', ')}.</span>}
      </figcaption>
    </figure>
  )
}
