import { GraphOptions, type GraphEstimate } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { Combobox } from '../../../ui/fields/Combobox.js';
import { Field } from '../../../ui/fields/Field.js';
import { LinesField, TextField } from '../../../ui/fields/FormFields.js';
import { readForm } from '../../../ui/fields/read-form.js';
import { estimateText, typesOf } from './graph-text.js';
import { useGraphModels } from './use-graph-models.js';

const problems = {
  model: 'Choose a model that finds the entities.',
  types: 'Enter at most 20 types of entities, each of at most 60 characters.',
  instructions: 'Instructions have at most 2,000 characters.',
};

/** Sets how the entities of a collection are found. The first press estimates the cost, the second starts the job. */
export function GraphSetup({
  name,
  options,
  onBegun,
  onClose,
}: {
  readonly name: string;
  /** The current options; undefined if the collection has no graph. */
  readonly options: GraphOptions | undefined;
  readonly onBegun: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const [model, setModel] = useState(options?.model ?? '');
  const [types, setTypes] = useState(options?.types?.join(', ') ?? '');
  const [instructions, setInstructions] = useState(options?.instructions ?? '');
  const [estimate, setEstimate] = useState<GraphEstimate>();
  const { items, marksNames } = useGraphModels();
  const action = useAction();
  const params = { path: { name } };
  const chosen = model.trim();
  const isAsked = chosen !== '' && !marksNames(chosen);
  // Only a language model takes types and instructions; a model that marks names does not.
  const wanted = (): GraphOptions =>
    readForm(
      GraphOptions,
      {
        model: chosen,
        ...(isAsked ? { types: typesOf(types), instructions: instructions.trim() || undefined } : {}),
      },
      problems,
    );
  const changing =
    <Value,>(set: (value: Value) => void) =>
    (value: Value): void => {
      setEstimate(undefined);
      set(value);
    };
  return (
    <FormDialog
      title={options === undefined ? 'Set up a knowledge graph' : 'Change the knowledge graph'}
      verb={action.isBusy ? 'Working…' : estimate === undefined ? 'Estimate the cost' : 'Start'}
      action={action}
      isDisabled={chosen === ''}
      hasOwnChecks
      onSubmit={async () => {
        const body = { options: wanted() };
        if (estimate === undefined) {
          setEstimate(await client.POST('/api/collections/{name}/graph/estimate', { params, body }));
          return;
        }
        await client.PUT('/api/collections/{name}/graph', { params, body });
        onBegun();
        onClose();
      }}
      onClose={onClose}
    >
      <p className="quiet">
        A model reads each passage and finds the entities in it. It does so again for documents that are imported later.
        {options === undefined ? '' : ' With other options, all documents are read again.'}
      </p>
      <Field
        title="Model"
        help="A model that marks names is fast, costs nothing and finds only entities. A language model also finds what a passage says about two entities."
      >
        {(shared) => (
          <Combobox
            id={shared.id}
            value={model}
            items={items}
            placeholder="Choose a model"
            empty="No model has this name. For a model of a connection, enter connection/model."
            isReadOnly={false}
            isInvalid={false}
            describedBy={shared['aria-describedby']}
            onChange={changing(setModel)}
          />
        )}
      </Field>
      {isAsked ? (
        <>
          <TextField
            title="Types of entities"
            value={types}
            placeholder="person, organisation, place, product, event, work, concept"
            help="Separated by commas. Without types, the model looks for those above."
            onChange={changing(setTypes)}
          />
          <LinesField
            title="Instructions"
            value={instructions}
            maxLength={2_000}
            placeholder="The documents are about medicine: find drugs, diseases and what treats them."
            onChange={changing(setInstructions)}
          />
        </>
      ) : null}
      <p role="status">{estimate === undefined ? '' : estimateText(estimate)}</p>
    </FormDialog>
  );
}
