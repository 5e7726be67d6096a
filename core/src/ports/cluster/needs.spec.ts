import { describe, expect, it } from '@jest/globals';
import { missingOf, type Able } from './needs.js';

const worker = (classes: readonly string[], ...capabilities: readonly string[]): Able => ({ classes, capabilities });
const why = (needs: readonly string[], ...workers: readonly Able[]) => missingOf({ class: 'cpu', needs }, workers);

describe('the reason why no process can execute a run', () => {
  it('is undefined if one process meets all needs, whatever the others lack', () => {
    expect(why(['a', 'b'], worker(['cpu'], 'a'), worker(['gpu', 'cpu'], 'b', 'a', 'c'))).toBeUndefined();
    expect(why([], worker(['cpu']))).toBeUndefined();
  });

  it('is the class if no process takes it, even if one of another class meets all needs', () => {
    expect(why(['a'], worker(['gpu'], 'a'))).toMatchObject({
      code: 'capability_missing',
      retryable: true,
      message: "No process takes runs of the class 'cpu': start one with cpu in HEDDLE_WORKER_CLASS.",
    });
  });

  it('names the needs that no process meets, and a remedy for each kind', () => {
    const needs = ['model:small', 'node:@acme/pkg/join@2', 'tool:files', 'zone:dmz', 'model:other', 'had'];
    const found = why(needs, worker(['cpu'], 'had'), worker(['gpu'], ...needs));
    expect(found?.details).toEqual({ class: 'cpu', needs: needs.slice(0, 5) });
    expect(found?.message).toBe(
      "No process that takes runs of the class 'cpu' has the model 'small', version 2 of the node '@acme/pkg/join', the command of the tool server 'files', the network zone 'dmz', the model 'other'. Pull the model into the models folder of a process (npx heddle models pull), or choose a model of a connection. Start a process of a newer program, or install the package of the node for one (HEDDLE_NODES). Install the command on the machine of a process, or make it an HTTP server. Start a process with the zone in HEDDLE_WORKER_ZONE.",
    );
  });

  it('names the needs that no single process meets together', () => {
    const found = why(
      ['both', 'zone:a', 'zone:b'],
      worker(['cpu'], 'zone:a', 'both'),
      worker(['cpu'], 'zone:b', 'both'),
    );
    expect(found?.message).toMatch(/^No single process has all of the network zone 'a', the network zone 'b'\. Start/);
    expect(found?.details).toEqual({ class: 'cpu', needs: ['zone:a', 'zone:b'] });
  });

  it('names needs of an unknown kind as they are, and at most five', () => {
    const needs = Array.from({ length: 9 }, (_, index) => `future:${index}`);
    expect(why(needs, worker(['cpu']))?.message).toMatch(/'future:4', 4 more\. Start a newer program\.$/);
  });
});
