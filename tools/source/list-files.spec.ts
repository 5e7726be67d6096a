import { describe, expect, it } from '@jest/globals';
import { kindOf } from './list-files.mjs';

describe('kindOf', () => {
  it.each([
    ['core/src/index.ts', 'source'],
    ['editor/src/features/canvas/canvas.css', 'source'],
    ['tools/bench.mjs', 'source'],
    ['core/src/plan/order.spec.ts', 'test'],
    ['engine/src/testing/run-plan.ts', 'test'],
    ['tools/testing/run-jest.mjs', 'test'],
    ['adapters/src/audit/__fixtures__/writer.mjs', 'fixture'],
    ['tools/fixtures/source/bad/core/src/first.ts', 'fixture'],
    ['adapters/src/vectors/kernel/kernel-bytes.ts', 'generated'],
    ['editor/src/data/api.generated.ts', 'generated'],
  ])('%s is %s', (path, kind) => expect(kindOf(path)).toBe(kind));

  it.each(['README.md', 'docs/nodes.md', 'jest.preset.mjs', 'server/package.json'])(
    '%s is not code of a package',
    (path) => expect(kindOf(path)).toBeUndefined(),
  );
});
