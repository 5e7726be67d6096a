import { GraphOptions, type GraphEstimate } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { ComboboxField } from '../../../ui/fields/ComboboxField.js';
import { LinesField, TextField } from '../../../ui/fields/FormFields.js';
import { useForm } from '../../../ui/forms/use-form.js';
import { readForm } from '../../../ui/forms/read-form.js';
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
  const [estimate, setEstimate] = useState<GraphEstimate>();
  const { model = '', types = [], instructions = '' } = options ?? {};
  const form = useForm({ model, types: types.join(', '), instructions }, { onChange: () => setEstimate(undefined) });
  const { items, marksNames } = useGraphModels();
  const params = { path: { name } };
  const chosen = form.values.model.trim();
  const isAsked = chosen !== '' && !marksNames(chosen);
  // Only a language model takes types and instructions; a model that marks names does not.
  const wanted = (): GraphOptions =>
    readForm(
      GraphOptions,
      {
        model: chosen,
        ...(isAsked
          ? { types: typesOf(form.values.types), instructions: form.values.instructions.trim() || undefined }
          : {}),
      },
      problems,
    );
  return (
    <FormDialog
      title={options === undefined ? 'Set up a knowledge graph' : 'Change the knowledge graph'}
      verb={estimate === undefined ? 'Estimate the cost' : 'Start'}
      busyVerb="Working…"
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
      <ComboboxField
        title="Model"
        help="A model that marks names is fast, costs nothing and finds only entities. A language model also finds what a passage says about two entities."

        {...form.field('model')}
        items={items}
        placeholder="Choose a model"
        empty="No model has this name. For a model of a connection, enter connection/model."
      />
      {isAsked ? (
        <>
          <TextField
            title="Types of entities"
            {...form.field('types')}
            placeholder="person, organisation, place, product, event, work, concept"
            help="Separated by commas. Without types, the model looks for those above."
          />
          <LinesField
            title="Instructions"
            {...form.field('instructions')}
            maxLength={2_000}
            placeholder="The documents are about medicine: find drugs, diseases and what treats them."
          />
        </>
      ) : null}
      <p role="status">{estimate === undefined ? '' : estimateText(estimate)}</p>
    </FormDialog>
  );
}
