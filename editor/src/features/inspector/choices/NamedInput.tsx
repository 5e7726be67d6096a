import type { CollectionReply } from '@heddle/core';
import { useMemo, type ReactElement } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import { useDocument } from '../../session/index.js';
import { WorkflowLinks } from './WorkflowLinks.js';
import { CollectionButtons } from './CollectionButtons.js';
import { ChosenByName } from './ChosenByName.js';
import type { ComboboxItem } from '../../../ui/fields/Combobox.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';

type Props = FieldProps<'text'> & InputShared;

/** The counts of a collection that the user may know. */
const sizesOf = ({ documents, passages }: CollectionReply): readonly string[] => [
  ...(documents === undefined ? [] : [count(documents, 'document')]),
  ...(passages === undefined ? [] : [count(passages, 'passage')]),
];

/** A field for a collection. It shows the number of documents and the embedding model. */
export function CollectionInput(props: Props): ReactElement {
  const { value: collections, error, again } = useGet('/api/collections', {}, ({ collections }) => collections);
  const items = useMemo(
    () =>
      (collections ?? []).map((info): ComboboxItem => ({
        value: info.name,
        title: info.title,
        detail: [...(info.title === info.name ? [] : [info.name]), ...sizesOf(info), info.embedding].join(' · '),
        mark: info.label.level,
      })),
    [collections],
  );
  const chosen = collections?.find(({ name }) => name === props.value);
  const empty =
    error?.message ??
    (collections?.length === 0
      ? 'No collections yet.'
      : collections === undefined
        ? 'Loading collections…'
        : 'No collection has this name.');
  return (
    <>
      <ChosenByName {...props} items={items} empty={empty} />
      {chosen === undefined ? null : (
        <p className="field-help">
          {[...sizesOf(chosen), 'embedded by'].join(', ')} <span className="mono">{chosen.embedding}</span>
        </p>
      )}
      <CollectionButtons chosen={chosen} {...props} onChanged={again} />
    </>
  );
}

/** A field for a workflow: an inner one, whose name begins with #, or a stored one. */
export function WorkflowInput(props: Props): ReactElement {
  const { value: workflows, error } = useGet('/api/workflows', {}, ({ workflows }) => workflows);
  const inner = useDocument((state) => state.document?.workflows);
  const slug = useDocument((state) => state.slug);
  const items = useMemo(
    () => [
      ...Object.entries(inner ?? {}).map(([name, workflow]): ComboboxItem => ({
        value: `#${name}`,
        title: name,
        detail: `in this document · ${count(Object.keys(workflow.nodes).length, 'node')}`,
      })),
      ...(workflows ?? [])
        .filter((workflow) => workflow.slug !== slug)
        .map((workflow): ComboboxItem => ({
          value: workflow.slug,
          title: workflow.name,
          detail: `${workflow.slug} · ${count(workflow.nodes, 'node')}`,
        })),
    ],
    [inner, workflows, slug],
  );
  return (
    <>
      <ChosenByName {...props} items={items} empty={error?.message ?? 'No other workflow has this name.'} />
      <WorkflowLinks {...props} />
    </>
  );
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString()} ${noun}${number === 1 ? '' : 's'}`;
}
