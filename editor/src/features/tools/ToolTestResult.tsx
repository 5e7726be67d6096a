import type { ToolServerTest } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { NotReached } from '../integrations/index.js';

/** The result of a test: response time and tools, or the error. */
export function ToolTestResult({ test }: { readonly test: ToolServerTest }): ReactElement {
  const { isReachable, ms, name, tools } = test;
  if (!isReachable) return <NotReached test={test} advice="Check the URL or the command." />;
  return (
    <div className="test-result">
      <details>
        <summary>
          {name === undefined || name === '' ? 'The server' : name} answered in {formatDuration(ms)} and lists{' '}
          {tools.length === 1 ? '1 tool' : `${tools.length} tools`}
        </summary>
        <ul className="model-names mono">
          {tools.map((tool) => (
            <li key={tool}>{tool}</li>
          ))}
        </ul>
      </details>
    </div>
  );
}
