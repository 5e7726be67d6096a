import { isAssignable, type Issue, type PortDescription } from '@heddle/core';
import { useMemo, useState, type ReactElement } from 'react';
import { edit, connect, loopNotice, remove } from '../document/index.js';
import { useCatalog, useDocument, useSession } from '../session/index.js';
import { showToast } from '../view/index.js';
import { IssueText } from './IssueText.js';
import { useOutline } from './use-outline.js';
import styles from './inspector.module.css';

/** The source of each input, chosen from a list, so that edges can be drawn without a pointer. */
export function SourceFields({
  nodeId,
  isReadOnly,
}: {
  readonly nodeId: string;
  readonly isReadOnly: boolean;
}): ReactElement | null {
  const type = useDocument((state) => state.document?.nodes[nodeId]?.type ?? '');
  const compiled = useDocument((state) => state.compiled?.ports[nodeId]?.inputs);
  const described = useCatalog((state) => state.byType.get(type)?.inputs);
  const inputs = compiled ?? described ?? [];
  if (inputs.length === 0) return null;
  return (
    <section className={styles['inspector-section']} aria-label="Inputs">
      <h3>Inputs</h3>
      {inputs.map((port) => (
        <SourceField key={port.name} nodeId={nodeId} port={port} isReadOnly={isReadOnly} />
      ))}
    </section>
  );
}

/** The run section shows these issues itself. */
const isOfRun = ({ field }: Issue): boolean => field?.startsWith('run.') === true;

interface Source {
  readonly end: string;
  readonly title: string;
  readonly port: PortDescription;
}

/** A longer list is filled only when it is opened, so that selecting a node of a large workflow stays fast. */
const listedUpTo = 200;

function SourceField({
  nodeId,
  port,
  isReadOnly,
}: {
  readonly nodeId: string;
  readonly port: PortDescription;
  readonly isReadOnly: boolean;
}): ReactElement {
  const { documents, view } = useSession();
  const edges = useDocument((state) => state.document?.edges);
  const issue = useDocument((state) =>
    state.compiled?.issues.find(
      (candidate) => candidate.node === nodeId && candidate.port === port.name && !isOfRun(candidate),
    ),
  );
  const sources = useSources(nodeId, port.type);
  const [isListed, setListed] = useState(false);
  const end = `${nodeId}.${port.name}`;
  const connected = useMemo(() => (edges ?? []).filter((edge) => edge.to === end), [edges, end]);
  const change = (from: string, before: string | undefined): void => {
    const source = sources.find((candidate) => candidate.end === from);
    edit(documents, (current) => {
      const cleared = before === undefined ? current : remove(current, new Set(), new Set([`${before}->${end}`]));
      return source === undefined ? cleared : connect(cleared, { from, to: end, output: source.port, input: port });
    });
    const notice = loopNotice(documents.getState().document, `${from}->${end}`);
    if (notice !== undefined) showToast(view, notice);
  };
  const rows = port.mode === 'many' ? [...connected.map((edge) => edge.from), undefined] : [connected[0]?.from];
  return (
    <div className="field" data-field={`port:${port.name}`}>
      <span className="field-label">
        {port.title ?? port.name} <span className="field-type mono">{port.type}</span>
      </span>
      {rows.map((from) => {
        const shown =
          isListed || sources.length <= listedUpTo ? sources : sources.filter((source) => source.end === from);
        return (
          <select
            key={from ?? 'none'}
            aria-label={`Source of ${port.title ?? port.name}`}
            value={from ?? ''}
            disabled={isReadOnly}
            onFocus={() => setListed(true)}
            onPointerDown={() => setListed(true)}
            onChange={(event) => change(event.target.value, from)}
          >
            <option value="">{port.isOptional ? 'None' : 'None yet'}</option>
            {from === undefined || shown.some((source) => source.end === from) ? null : (
              <option value={from}>{from}</option>
            )}
            {shown.map((source) => (
              <option key={source.end} value={source.end}>
                {source.title}
              </option>
            ))}
          </select>
        );
      })}
      {port.help === undefined ? null : <p className="field-help">{port.help}</p>}
      {issue === undefined ? null : (
        <p className="field-error">
          <IssueText issue={issue} />
        </p>
      )}
    </div>
  );
}

/** Every output that fits an input. Computed only when nodes or their ports change, not with each letter typed. */
function useSources(nodeId: string, type: PortDescription['type']): readonly Source[] {
  const nodes = useOutline();
  const ports = useDocument((state) => state.compiled?.ports);
  const byType = useCatalog((state) => state.byType);
  return useMemo(
    () =>
      Object.entries(nodes).flatMap(([id, node]): Source[] => {
        if (id === nodeId) return [];
        const description = byType.get(node.type);
        const outputs = ports?.[id]?.outputs ?? description?.outputs ?? [];
        return outputs
          .filter((output) => isAssignable(output.type, type))
          .map((output) => ({
            end: `${id}.${output.name}`,
            port: output,
            title: `${node.title ?? description?.title ?? id} › ${output.name}`,
          }));
      }),
    [nodes, ports, byType, nodeId, type],
  );
}
