/** What was run, with which options and who set them, where, and how to do it again. */
import {showCount} from '../../../core/quantities.ts'
import {Command} from '../shell/Command.tsx'
import type {Store} from '../store.ts'
import {Card} from './Card.tsx'
import {FaultTable} from './FaultTable.tsx'

export function Environment({store}: {readonly store: Store}) {
  const {run, totals, stats, plan} = store.report.payload
  const someoneChose = (run.options ?? []).some((option) => option.origin !== 'default')
  return (
    <div class="view environment">
      <Card title="Bring it back" wide>
        <Line name="Reproduce" value={run.reproduce} />
        <Line name="Check again" value={run.recheck} />
        <Line name="Typed" value={run.command} />
        {run.seed !== undefined && (
          <p class="dim">
            The seed decides operations and faults. Real processes still interleave as they like: the same seed makes
            the same run likely, not certain.
          </p>
        )}
      </Card>
      <Card title="Run">
        <Facts
          of={{
            id: run.id,
            target: run.target,
            workload: run.workload,
            faults: run.nemesis?.join(', '),
            claims: run.claims?.join(', '),
            bugs: run.bugs?.join(', '),
            seed: run.seed,
            nodes: run.nodes?.join(', '),
            clients: run.concurrency?.toString(),
            started: run.startedAt,
            clock: run.clock,
            format: run.format,
          }}
        />
      </Card>
      <Card title="Counted">
        <Facts
          of={{
            operations: showCount(totals.operations),
            ok: share(totals.ok, totals.operations),
            failed: share(totals.fail, totals.operations),
            unknown: share(totals.info, totals.operations),
            faults: `${totals.faults}, ${totals.faultsVerified} verified`,
            ...(plan === null ? {} : {planned: `${plan.faults.length} faults`}),
            ...Object.fromEntries(Object.entries(stats).map(([name, value]) => [name, String(value)])),
          }}
        />
      </Card>
      <Card title="Versions">
        <Facts of={{...run.versions, commit: run.gitSha}} />
      </Card>
      <Card title="Host">
        <Facts of={run.host ?? {}} />
      </Card>
      {run.options !== undefined && run.options.length > 0 && (
        <Card title="Options" wide>
          <table>
            <thead>
              <tr>
                <th>Option</th>
                <th>Value</th>
                <th>Set by</th>
              </tr>
            </thead>
            <tbody>
              {run.options.map((option) => (
                <tr key={option.name} class={someoneChose && option.origin === 'default' ? 'dim' : ''}>
                  <th scope="row" class="mono">
                    {option.name}
                  </th>
                  <td class="mono">{option.value}</td>
                  <td>{option.origin}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
      )}
      <FaultTable store={store} />
      {run.artefacts !== undefined && run.artefacts.length > 0 && (
        <Card title="Files" wide>
          <table>
            <tbody>
              {run.artefacts.map((artefact) => (
                <tr key={artefact.name}>
                  <th scope="row" class="mono">
                    {artefact.name}
                  </th>
                  <td>{artefact.bytes === undefined ? '' : `${showCount(artefact.bytes)} bytes`}</td>
                  <td class="mono dim">{artefact.sha256}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
      )}
    </div>
  )
}

function Facts({of}: {readonly of: Readonly<Record<string, string | undefined>>}) {
  const facts = Object.entries(of).filter(([, value]) => value !== undefined && value !== '')
  if (facts.length === 0) return <p class="dim">Not recorded.</p>
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Line({name, value}: {readonly name: string; readonly value: string | undefined}) {
  if (value === undefined) return null
  return (
    <div class="command-line">
      <span>{name}</span>
      <Command line={value} label="Copy" />
    </div>
  )
}

function share(count: number, all: number): string {
  return all === 0 ? '0' : `${showCount(count)}  (${((count / all) * 100).toFixed(1)} %)`
}
