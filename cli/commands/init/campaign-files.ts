/**
 * What `chaos init --campaign` writes: a campaign in parts, on GitHub as a matrix of jobs, on Kubernetes as an Indexed Job. Each
 * part is `chaos campaign --shard i/n` with the same seed; the last step puts them together.
 */

/** Parts when nobody says how many. */
export const SHARDS = 5

/** The steps that every job on GitHub begins with. */
const SETUP = `      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with:
          node-version: 24
      - run: if [ -f package-lock.json ]; then npm ci; fi
`

export type CampaignPlace = 'github' | 'kubernetes'

/** Path to content. */
export function campaignFiles(place: CampaignPlace, shards: number): Record<string, string> {
  return place === 'github'
    ? {'.github/workflows/chaos-campaign.yml': githubWorkflow(shards)}
    : {'deploy/chaos-campaign.yaml': kubernetesJob(shards)}
}

function githubWorkflow(shards: number): string {
  const parts = Array.from({length: shards}, (_, i) => i + 1).join(', ')
  return `name: chaos campaign
on:
  schedule:
    - cron: '43 3 * * *'
  workflow_dispatch:
concurrency: chaos-campaign
jobs:
  part:
    runs-on: ubuntu-latest
    timeout-minutes: 90
    strategy:
      fail-fast: false
      matrix:
        shard: [${parts}]
    steps:
${SETUP}      # All parts are parts of one campaign: the same seed, the same flags.
      - run: npx --yes chaos campaign --profile nightly --seeds 10 --seed \${{ github.run_id }} --shard \${{ matrix.shard }}/${shards} -o part-\${{ matrix.shard }}
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: part-\${{ matrix.shard }}
          path: part-\${{ matrix.shard }}
  whole:
    needs: part
    if: always()
    runs-on: ubuntu-latest
    steps:
${SETUP}      - uses: actions/download-artifact@v4
        with:
          pattern: part-*
      - run: npx --yes chaos campaign merge part-* -o whole --junit junit.xml
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: campaign
          path: |
            whole
            junit.xml
`
}

function kubernetesJob(shards: number): string {
  return `# A campaign in ${shards} parts: kubectl apply -f deploy/chaos-campaign.yaml
# Then, with the volume mounted: chaos campaign merge /results/part-* -o /results/whole
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: chaos-campaign
spec:
  # All parts write to it at once.
  accessModes: [ReadWriteMany]
  resources:
    requests:
      storage: 10Gi
---
apiVersion: batch/v1
kind: Job
metadata:
  name: chaos-campaign
spec:
  completions: ${shards}
  parallelism: ${shards}
  completionMode: Indexed
  # A part that is lost is started again, and goes on where it was: its directory is on the volume.
  backoffLimitPerIndex: 3
  maxFailedIndexes: ${shards}
  podFailurePolicy:
    rules:
      # A violation, what is unknown, liveness: the part has done its work. The merged campaign has the verdict.
      - action: FailIndex
        onExitCodes:
          operator: In
          values: [1, 2, 3, 5]
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: chaos
          # An image with Node.js, your project and its node_modules.
          image: registry.example.com/your-project:latest
          env:
            # One seed for all parts: change it for another campaign.
            - name: SEED
              value: night-1
          command: [sh, -c]
          args:
            - |
              part=/results/part-$JOB_COMPLETION_INDEX
              if [ -e "$part/campaign.json" ]; then exec npx chaos campaign --resume "$part"; fi
              exec npx chaos campaign --profile nightly --seeds 10 --seed "$SEED" \\
                --shard "$((JOB_COMPLETION_INDEX + 1))/${shards}" -o "$part"
          resources:
            requests:
              cpu: '2'
              memory: 4Gi
          volumeMounts:
            - name: results
              mountPath: /results
      volumes:
        - name: results
          persistentVolumeClaim:
            claimName: chaos-campaign
`
}
