/** What `chaos init` writes for others to run is what they accept: checked by their own schemas. */
import {validateWorkflow} from '@action-validator/core'
import {Job} from 'kubernetes-models/batch/v1'
import {PersistentVolumeClaim} from 'kubernetes-models/v1'
import {expect, test} from 'vitest'
import {parse, parseAllDocuments} from 'yaml'
import {campaignFiles} from './campaign-files.ts'
import {SCAFFOLD} from './scaffold.ts'

test.each([1, 5])('GitHub accepts the workflow of %i parts', (shards) => {
  const [workflow] = Object.values(campaignFiles('github', shards)) as [string]
  expect(validateWorkflow(workflow).errors).toEqual([])
  expect(parse(workflow).jobs.part.strategy.matrix.shard).toHaveLength(shards)
  expect(workflow).toContain(`--shard \${{ matrix.shard }}/${shards}`)
  // The check can fail.
  expect(validateWorkflow(workflow.replace('runs-on', 'runs_on')).errors).not.toEqual([])
})

test('GitHub accepts the nightly workflow', () => {
  expect(validateWorkflow(SCAFFOLD['.github/workflows/chaos.yml'] as string).errors).toEqual([])
})

test.each([1, 20])('Kubernetes accepts the job of %i parts', (shards) => {
  const [manifest] = Object.values(campaignFiles('kubernetes', shards)) as [string]
  const [claim, job] = parseAllDocuments(manifest).map((document) => document.toJS())
  new PersistentVolumeClaim(claim).validate()
  new Job(job).validate()
  expect(job.spec).toMatchObject({completionMode: 'Indexed', completions: shards, parallelism: shards})
  expect(manifest).toContain(`--shard "$((JOB_COMPLETION_INDEX + 1))/${shards}"`)
  // The API server wants it with a failure policy, and a failure policy wants pods that are not restarted in place.
  expect(job.spec.template.spec.restartPolicy).toBe('Never')
  // The check can fail.
  expect(() => new Job({...job, spec: {...job.spec, completions: 'many'}}).validate()).toThrow(/completions/)
})
