/** The workflow of three nodes that is used to measure whole runs. */
export const threeNodes = {
  heddle: 2,
  name: 'Bench',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
    loud: { type: 'prompt', version: 1, config: { template: '{{ text }}!' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.text', to: 'loud.text' },
    { from: 'loud.text', to: 'reply.text' },
  ],
};

/**
 * `warmUp` answers come before the measurement, because a server that has just started still compiles its code, and so does this client.
 */
const usual = { warmUp: 10_000, rounds: 3, perRound: 5_000 };

/**
 * Measures callers that send the next request as soon as they have an answer. Gives the rows `name` (answers in a second, one sample for
 * each round), `name-time` and `name-p99` (the slowest hundredth of each round).
 */
export async function throughputRows(
  name,
  callers,
  timeName = `${name}-time`,
  p99Name = `${name}-p99`,
  { warmUp, rounds, perRound } = usual,
) {
  const round = async (count) => {
    const times = [];
    let left = count;
    const begin = performance.now();
    await Promise.all(
      callers.map(async (ask) => {
        while (left > 0) {
          left -= 1;
          const asked = performance.now();
          await ask();
          times.push(performance.now() - asked);
        }
      }),
    );
    const perSecond = (count * 1000) / (performance.now() - begin);
    times.sort((a, b) => a - b);
    return { perSecond, times, p99: times[Math.floor(times.length * 0.99)] };
  };
  await round(warmUp);
  const measured = [];
  for (let index = 0; index < rounds; index += 1) measured.push(await round(perRound));
  return [
    { case: name, unit: 'runs/s', samples: measured.map(({ perSecond }) => perSecond) },
    { case: timeName, unit: 'ms', samples: measured.flatMap(({ times }) => times) },
    { case: p99Name, unit: 'ms', samples: measured.map(({ p99 }) => p99) },
  ];
}
