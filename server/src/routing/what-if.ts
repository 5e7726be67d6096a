import type { RecordedRoute } from '@heddle/adapters/routing';
import {
  decideRoute,
  estimateCost,
  LabelLevel,
  withoutUndefined,
  type CandidateFacts,
  type RoutePolicy,
  type RouteRequest,
  type WhatIfReply,
} from '@heddle/core';
import { z } from 'zod';

/** The parsed members of a recorded decision; other members are kept as they are. */
const Recorded = z.object({
  model: z.string().nullish(),
  request: z.looseObject({ label: LabelLevel, tokens: z.number(), maxTokens: z.number() }),
  facts: z.array(z.looseObject({ model: z.string(), isLocal: z.boolean() })),
  policy: z.looseObject({ boundary: z.looseObject({ training: z.string() }).optional() }).optional(),
});

interface Side {
  readonly cost: Map<string, number>;
  readonly latencies: number[];
  local: number;
  none: number;
}

/**
 * Repeats recorded decisions under another policy. `now` adds facts of candidates that the recorded decision did not know. If the speed of
 * a model was not recorded, its present speed is reported, but does not influence the decision. The difficulty of a request is kept only
 * for the boundary that computed it.
 */
export function whatIf(
  policy: RoutePolicy,
  recorded: readonly RecordedRoute[],
  now: readonly CandidateFacts[],
): WhatIfReply {
  const side = (): Side => ({ cost: new Map(), latencies: [], local: 0, none: 0 });
  const before = side();
  const after = side();
  const changed: WhatIfReply['changed'] = [];
  let decisions = 0;
  for (const { runId, path, details } of recorded) {
    const parsed = Recorded.safeParse(details);
    if (!parsed.success) continue;
    decisions += 1;
    // the route node writes the request with this type
    const asked = parsed.data.request as unknown as RouteRequest;
    const isSameBoundary = parsed.data.policy?.boundary?.training === policy.boundary?.training;
    const request = isSameBoundary ? asked : withoutUndefined({ ...asked, difficulty: undefined });
    const then = parsed.data.facts as unknown as readonly CandidateFacts[];
    const facts = [...then, ...now.filter(({ model }) => !then.some((known) => known.model === model))];
    const decision = decideRoute(policy, request, facts, `${runId}:${path}`);
    const from = parsed.data.model ?? undefined;
    count(before, from, request, facts, now);
    count(after, decision.model, request, facts, now);
    if (decision.model !== from)
      changed.push({ runId, path, from: from ?? null, to: decision.model ?? null, summary: decision.summary });
  }
  return { decisions, before: sumOf(before, decisions), after: sumOf(after, decisions), changed };
}

function count(
  side: Side,
  model: string | undefined,
  request: RouteRequest,
  facts: readonly CandidateFacts[],
  now: readonly CandidateFacts[],
): void {
  const chosen = facts.find((candidate) => candidate.model === model);
  if (chosen === undefined) {
    side.none += 1;
    return;
  }
  const cost = estimateCost(request, chosen);
  const currency = chosen.price?.currency;
  if (cost !== undefined && currency !== undefined && cost > 0)
    side.cost.set(currency, (side.cost.get(currency) ?? 0) + cost);
  const latency = chosen.latency ?? now.find((candidate) => candidate.model === model)?.latency;
  if (latency !== undefined) side.latencies.push(latency.p50);
  if (chosen.isLocal) side.local += 1;
}

function sumOf({ cost, latencies, local, none }: Side, decisions: number): WhatIfReply['before'] {
  const sum = latencies.reduce((total, ms) => total + ms, 0);
  return {
    cost: Object.fromEntries(cost),
    ...(latencies.length === 0 ? {} : { latencyMs: sum / latencies.length }),
    shareLocal: decisions === 0 ? 0 : local / decisions,
    none,
  };
}
