import type { PortDescription } from '@heddle/core';
import type { ReactElement } from 'react';
import { Table } from '../../ui/tables/Table.js';
import styles from './workflow-api.module.css';

const headers: readonly (readonly [string, string])[] = [
  ['Authorization', 'Bearer and an API key.'],
  ['Accept: text/event-stream', 'Streams: delta, node, citation, then result or error.'],
  ['Prefer: respond-async', 'Returns 202 at once, with a Location header to follow the run.'],
  ['Idempotency-Key', 'The same key and request return the same run and reply for 24 hours.'],
  ['Heddle-Version', 'Pins a version.'],
  ['Heddle-Timeout', 'Milliseconds after which the run is cancelled.'],
];

/** The typed inputs and outputs of a workflow. */
export function Contract({
  inputs,
  outputs,
}: {
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
}): ReactElement {
  return (
    <>
      <section className="section" aria-label="Inputs">
        <h2>Inputs</h2>
        <Ports ports={inputs} what="inputs" />
      </section>
      <section className="section" aria-label="Outputs">
        <h2>Outputs</h2>
        <Ports ports={outputs} what="outputs" />
        <p className="quiet">
          The reply is <code className="mono">{'{ runId, workflow, version, status, outputs, citations, usage }'}</code>
          ; an error is a problem (RFC 9457) with a stable <code className="mono">code</code>.
        </p>
      </section>
      <section className="section" aria-label="Headers">
        <h2>Headers</h2>
        <dl className={styles['api-headers']}>
          {headers.map(([name, text]) => (
            <div key={name}>
              <dt className="mono">{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}

function Ports({ ports, what }: { readonly ports: readonly PortDescription[]; readonly what: string }): ReactElement {
  if (ports.length === 0) return <p className="quiet">No {what}.</p>;
  return (
    <Table name={`Table of ${what}`} columns={['Name', 'Type', 'Description']}>
      {ports.map((port) => (
        <tr key={port.name}>
          <td className="mono">{port.name}</td>
          <td className="mono">{port.type}</td>
          <td>
            {[port.title === port.name ? undefined : port.title, port.help]
              .filter((part) => part !== undefined)
              .join('. ')}{' '}
            {what === 'inputs' && (port.isOptional || port.default !== undefined) ? (
              <span className="quiet">
                optional{port.default === undefined ? '' : `, default ${JSON.stringify(port.default)}`}
              </span>
            ) : null}
          </td>
        </tr>
      ))}
    </Table>
  );
}
