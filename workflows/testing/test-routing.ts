import { HeddleError, type CandidateFacts, type LanguageModel, type Routing } from '@heddle/core';

/** Makes a routing port without measurements. It gives what each candidate states about itself, and which candidates are unavailable. */
export function createTestRouting(modelOf: (id: string) => Promise<LanguageModel>): Routing {
  return {
    policy: (name) => Promise.reject(new HeddleError('policy_not_found', `The tests have no policy '${name}'.`)),
    facts: (ids) => Promise.all(ids.map((id) => factsOf(id, modelOf))),
  };
}

async function factsOf(model: string, modelOf: (id: string) => Promise<LanguageModel>): Promise<CandidateFacts> {
  const unmeasured = {
    model,
    latency: undefined,
    quality: undefined,
    circuit: 'closed',
    queue: 0,
    budgetLeft: undefined,
  } as const;
  try {
    const { destination, contextTokens, supports, price } = (await modelOf(model)).info;
    return {
      ...unmeasured,
      isAvailable: true,
      isLocal: destination.isLocal,
      clearance: destination.clearance,
      contextTokens,
      supports,
      price: destination.isLocal
        ? { input: 0, output: 0, currency: 'USD' }
        : price && { input: price.inputPerMillion, output: price.outputPerMillion, currency: price.currency },
    };
  } catch (error) {
    if (!(error instanceof HeddleError)) throw error;
    return {
      ...unmeasured,
      isAvailable: false,
      reason: error.message,
      isLocal: false,
      clearance: 'internal',
      contextTokens: 0,
      supports: { schema: false, tools: false, images: false },
      price: undefined,
    };
  }
}
