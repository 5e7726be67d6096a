import { isAssignable, type PortDescription } from '@heddle/core';
import { useMemo, type ReactElement } from 'react';
import { edit } from '../document/document-store.js';
import { connect } from '../document/edit/connect.js';
import { remove } from '../document/edit/remove.js';
import { useCatalog, useDocument, useSession } from '../session.js';

/** Where each input comes from: threads drawn from a list, without a pointer. */
export function SourceFields({ nodeId, isReadOnly }: { readonly nodeId: string; readonly isReadOnly: boolean }): ReactElement | null {
  const type = useDocument((state) => state.document?.nodes[nodeId]?.type ?? '');
  const compiled = useDocument((state) => state.compiled?.ports[nodeId]?.inputs);
  const described = useCatalog((state) => state.byType.get(type)?.inputs);
  const inputs = compiled ?? described ?? [];
  if (inputs.length === 0) return null;
  return (
    <section className="inspector-section" aria-label="Inputs">
      <h3>Inputs</h3>
      {inputs.map((port) => (
        <SourceField key={port.name} nodeId={nodeId} port={port} isReadOnly={isReadOnly} />
      ))}
    </section>
  );
}

interface Source {
  readonly end: string;
  readonly title: string;
  readonly port: PortDescription;
}

function SourceField({ nodeId, port, isReadOnly }: { readonly nodeId: string; readonly port: PortDescription; readonly isReadOnly: boolean }): ReactElement {
  const { documents } = useSession();
  const document = useDocument((state) => state.document);
  const ports = useDocument((state) => state.compiled?.ports);
  const byType = useCatalog((state) => state.byType);
  const issue = useDocument((state) => state.compiled?.issues.find((candidate) => candidate.node === nodeId && candidate.port === port.name));
  const end = `${nodeId}.${port.name}`;
  const connected = document?.edges.filter((edge) => edge.to === end) ?? [];
  const sources = useMemo(
    () =>
      Object.entries(document?.nodes ?? {}).flatMap(([id, node]): Source[] => {
        if (id === nodeId) return [];
        const description = byType.get(node.type);
        const outputs = ports?.[id]?.outputs ?? description?.outputs ?? [];
        return outputs.filter((output) => isAssignable(output.type, port.type)).map((output) => ({ end: `${id}.${output.name}`, port: output, title: `${node.title ?? description?.title ?? id} › ${output.name}` }));
      }),
    [document?.nodes, ports, byType, nodeId, port.type],
  );
  const change = (from: string, before: string | undefined): void => {
    const source = sources.find((candidate) => candidate.end === from);
    edit(documents, (current) => {
      const cleared = before === undefined ? current : remove(current, new Set(), new Set([`${before}->${end}`]));
      return source === undefined ? cleared : connect(cleared, { from, to: end, output: source.port, input: port });
    });
  };
  const rows = port.mode === 'many' ? [...connected.map((edge) => edge.from), undefined] : [connected[0]?.from];
  return (
    <div className="field">
      <span className="field-label">
        {port.title ?? port.name} <span className="field-type mono">{port.type}</span>
      </span>
      {rows.map((from) => (
        <select key={from ?? 'none'} aria-label={`${port.title ?? port.name} comes from`} value={from ?? ''} disabled={isReadOnly} onChange={(event) => change(event.target.value, from)}>
          <option value="">{port.isOptional ? 'Nothing' : 'Nothing yet'}</option>
          {from === undefined || sources.some((source) => source.end === from) ? null : <option value={from}>{from}</option>}
          {sources.map((source) => (
            <option key={source.end} value={source.end}>
              {source.title}
            </option>
          ))}
        </select>
      ))}
      {issue === undefined ? null : (
        <p className="field-error">
          {issue.message} {issue.fix}
        </p>
      )}
    </div>
  );
}
