/** A question that the starter model answers correctly from the sample handbook. */
const sampleQuestion = 'How much is the meal allowance on business trips?';

/** Runs the sample workflow and prints its answer while it is written, then the sources. */
export async function answerSample(heddle, progress) {
  const workflow = await heddle.workflows.get('ask-the-handbook');
  progress.start('Model', 'loading the starter model');
  let isWriting = false;
  const stop = heddle.hub.listen((_runId, events) => {
    for (const event of events) {
      if (event.type !== 'node-delta' || event.path !== 'answer') continue;
      if (!isWriting) {
        progress.done('loaded');
        process.stdout.write(`\nAsk the handbook: ${sampleQuestion}\n\n  `);
        isWriting = true;
      }
      process.stdout.write(event.delta);
    }
  });
  const request = { inputs: { question: sampleQuestion } };
  const { runId } = await heddle.runs.start({
    document: workflow.document,
    workflowId: workflow.id,
    request,
    trigger: 'cli',
  });
  const reply = await heddle.runs.wait(runId);
  stop();
  if (!isWriting) progress.done('ready');
  process.stdout.write('\n');
  if (reply.status !== 'done') {
    process.stdout.write(`  The sample run ended as ${reply.status}: ${reply.error?.message ?? ''}\n\n`);
    return;
  }
  for (const citation of reply.outputs.citations ?? []) {
    process.stdout.write(`  [${citation.number}] ${citation.document}${locationOf(citation)}: “${citation.quote}”\n`);
  }
  process.stdout.write('\n');
}

function locationOf({ place: at }) {
  if (at?.page !== undefined) return `, page ${at.page}`;
  if (at?.headings !== undefined && at.headings.length > 0) return `, ${at.headings[at.headings.length - 1]}`;
  return at?.line === undefined ? '' : `, line ${at.line}`;
}
