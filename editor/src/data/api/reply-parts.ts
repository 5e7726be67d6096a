import type { CandidateFactsReply, PresetsReply, SpendReply } from '@heddle/core';
import type { ReplyOf } from '@heddle/core/api-client';

export type Preset = PresetsReply['presets'][number];
export type CandidateFact = CandidateFactsReply['facts'][number];
export type SpendRow = SpendReply['rows'][number];

export type AcceptedRun = ReplyOf<'/api/runs/{id}/document', 'get'>;
