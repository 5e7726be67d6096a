import { canonicalJson, type LabelledValue, type ReplayRowReply, type ReplaySide } from '@heddle/core';
import type { ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { formatCost } from '../../ui/format/format-cost.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { Table } from '../../ui/tables/Table.js';

/** The recorded answer of a row beside that of the draft, with their costs and the nodes that ran. */
export function Answers({ id, number }: { readonly id: string; readonly number: number }): ReactElement {
  const row = useGet('/api/replays/{id}/rows/{number}', { params: { path: { id, number: String(number) } } });
  return (
    <WhenLoaded loaded={row} empty={null}>
      {(loaded) => <Sides row={loaded} />}
    </WhenLoaded>
  );
}

function Sides({ row }: { readonly row: ReplayRowReply }): ReactElement {
  const { inputs, outputsBefore, outputsAfter, before, after } = row;
  const names = [...new Set([...Object.keys(outputsBefore), ...Object.keys(outputsAfter)])];
  const onlyBefore = (before?.nodes ?? []).filter((node) => after?.nodes.includes(node) === false);
  const onlyAfter = (after?.nodes ?? []).filter((node) => before?.nodes.includes(node) === false);
  return (
    <Table name="Answers side by side" columns={['', 'Recorded', 'Draft']}>
      {Object.entries(inputs).map(([name, value]) => (
        <tr key={`in ${name}`}>
          <th scope="row">{name}</th>
          <td colSpan={2} dir="auto">
            {textOf(value)}
          </td>
        </tr>
      ))}
      {names.map((name) => (
        <tr key={`out ${name}`}>
          <th scope="row">{name}</th>
          <td dir="auto">{textOf(outputsBefore[name])}</td>
          <td dir="auto">{textOf(outputsAfter[name])}</td>
        </tr>
      ))}
      <tr>
        <th scope="row">Nodes only here</th>
        <td>{onlyBefore.join(', ') || '–'}</td>
        <td>{onlyAfter.join(', ') || '–'}</td>
      </tr>
      <tr>
        <th scope="row">Data went to</th>
        <td>{before?.egress.join(', ') || '–'}</td>
        <td>{after?.egress.join(', ') || '–'}</td>
      </tr>
      <tr>
        <th scope="row">Time and cost</th>
        <td className="figure">{figuresOf(before)}</td>
        <td className="figure">{figuresOf(after)}</td>
      </tr>
    </Table>
  );
}

function textOf(labelled: LabelledValue | undefined): string {
  if (labelled === undefined) return '–';
  const { value, preview } = labelled;
  return typeof value === 'string' ? value : value === undefined ? (preview ?? '–') : canonicalJson(value);
}

function figuresOf(side: ReplaySide | undefined): string {
  if (side === undefined) return '–';
  const error = side.error === undefined ? [] : [side.error.code];
  return [...error, formatDuration(side.ms), formatCost(side.cost), `${side.tokens.toLocaleString('en')} tokens`].join(
    ' · ',
  );
}
