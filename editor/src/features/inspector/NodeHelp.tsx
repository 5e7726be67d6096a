import type { NodeDescription } from '@heddle/core';
import type { ReactElement } from 'react';
import { edit, changeNode } from '../document/index.js';
import { useSession } from '../session/index.js';
import { JsonText } from '../../ui/values/JsonText.js';
import { Markdown } from '../../ui/markdown/Markdown.js';
import { showToast } from '../view/index.js';
import styles from './inspector.module.css';

/** The purpose of a node type, its ports, and an example that can be inserted. */
export function NodeHelp({
  nodeId,
  description,
  isReadOnly,
  onUsed,
}: {
  readonly nodeId: string;
  readonly description: NodeDescription | undefined;
  readonly isReadOnly: boolean;
  readonly onUsed: () => void;
}): ReactElement {
  const { documents, view } = useSession();
  if (description === undefined)
    return <p className="quiet">This Heddle does not know this node type. The node is kept unchanged.</p>;
  const { example, inputs, outputs } = description;
  const applyExample = (): void => {
    if (example === undefined) return;
    edit(documents, (document) =>
      changeNode(document, nodeId, (node) => ({ ...node, config: { ...node.config, ...example.config } })),
    );
    showToast(view, 'The example’s settings are applied. Undo restores yours.');
    onUsed();
  };
  return (
    <div className={styles['help']}>
      <p>{description.summary}</p>
      {description.help === undefined ? null : <Markdown text={description.help} />}
      {example === undefined ? null : (
        <section aria-label="Example">
          <h3>Example</h3>
          {Object.keys(example.config).length === 0 ? null : <HelpValue title="Settings" value={example.config} />}
          {example.inputs === undefined ? null : <HelpValue title="Inputs" value={example.inputs} />}
          {example.outputs === undefined ? null : <HelpValue title="Outputs" value={example.outputs} />}
          {Object.keys(example.config).length === 0 ? null : (
            <button type="button" className="button button-small" disabled={isReadOnly} onClick={applyExample}>
              Use example
            </button>
          )}
        </section>
      )}
      <PortTable title="Inputs" ports={inputs} />
      <PortTable title="Outputs" ports={outputs} />
      <p className="quiet">
        Type <span className="mono">{description.type}</span>, version {description.version}
        {description.effects.length === 0
          ? '. No effects outside the workflow.'
          : `. Effects: ${description.effects.join(', ')}.`}
      </p>
    </div>
  );
}

function HelpValue({ title, value }: { readonly title: string; readonly value: unknown }): ReactElement {
  return (
    <div className="value">
      <h4>{title}</h4>
      <JsonText value={value} />
    </div>
  );
}

function PortTable({
  title,
  ports,
}: {
  readonly title: string;
  readonly ports: NodeDescription['inputs'];
}): ReactElement | null {
  if (ports.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl className={styles['port-help']}>
        {ports.map((port) => (
          <div key={port.name}>
            <dt>
              <span className="mono">{port.name}</span>{' '}
              <span className="quiet">
                {port.type}
                {port.isOptional ? ', optional' : ''}
              </span>
            </dt>
            {port.help === undefined && port.title === undefined ? null : <dd>{port.help ?? port.title}</dd>}
          </div>
        ))}
      </dl>
    </section>
  );
}
