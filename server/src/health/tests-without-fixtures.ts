import { WorkflowTest, type HealthReply, type NodeCatalog, type VersionStore, type WorkflowStore } from '@heddle/core';

export interface TestSources {
  readonly catalog: Pick<NodeCatalog, 'get'>;
  readonly parts: {
    readonly workflows: Pick<WorkflowStore, 'list'>;
    readonly versions: Pick<VersionStore, 'tests'>;
  };
}

type Listed = NonNullable<HealthReply['testsWithoutFixtures']>;

/** How many workflows are named. Others are found when their tests run. */
const most = 50;

/**
 * The workflows whose tests have no fixture for a node that always sends requests. Tests have no effects, so these fail until results are
 * recorded. Empty while the store cannot be read.
 */
export async function testsWithoutFixtures({ catalog, parts }: TestSources): Promise<Listed> {
  const found: Listed = [];
  try {
    for (const { id, slug, document } of await parts.workflows.list()) {
      if (found.length === most) break;
      const nodes = Object.entries(document.nodes).flatMap(([node, { type }]) => {
        const effects = catalog.get(type)?.effects ?? [];
        // These nodes need not send requests: an agent does so only through its tools, and nodes that read files mostly read only those.
        const mayOnly = effects.includes('model') || effects.includes('files');
        return effects.includes('network') && !mayOnly ? [node] : [];
      });
      if (nodes.length === 0) continue;
      const tests = testsOf(await parts.versions.tests(id));
      const missing = nodes.filter((node) => tests.some(({ fixtures }) => fixtures?.[node] === undefined));
      if (missing.length > 0) found.push({ workflow: slug, nodes: missing });
    }
  } catch {
    return [];
  }
  return found;
}

/** Unreadable lines are skipped here; they are reported when the tests run. */
function testsOf(content: string | undefined): readonly WorkflowTest[] {
  return (content ?? '').split('\n').flatMap((line) => {
    if (line.trim() === '') return [];
    try {
      const test = WorkflowTest.safeParse(JSON.parse(line));
      return test.success ? [test.data] : [];
    } catch {
      return [];
    }
  });
}
