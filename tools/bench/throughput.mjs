/** The workflow of three nodes that the figures of whole runs are measured with. */
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

/** So many answers go by before anything counts: a server that has just started still compiles what it runs, and so does this client. */
const usual = { warmUp: 10_000, rounds: 3, perRound: 5_000 };

/**
 * What callers get done who each ask again as soon as they are answered: rows `name` (answers a second, a sample a round), `name-time` and
 * `name-p99` (the worst hundredth of each round).
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
