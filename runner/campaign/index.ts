/** Campaigns: many runs in the order that is worth most, and what they come to. */
export {type CampaignRequest, type CampaignResult, campaign, type Perform} from './campaign.ts'
export {type Canary, type Cell, type CompletedJob, foundViolation, type Job, type JobOutcome} from './job.ts'
export {type CampaignMemory, type KeptSeed, leastRecentFirst, readMemory, remember, writeMemory} from './kept-seeds.ts'
export {type JobDefaults, perform, requestOf} from './perform.ts'
export {campaignExitCode, missedCanaries} from './result.ts'
