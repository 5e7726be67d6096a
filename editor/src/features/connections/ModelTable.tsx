import clsx from 'clsx';
import { RemoteModelCard } from '@heddle/core';
import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { NumberField, SelectField, TextField } from '../../ui/fields/FormFields.js';
import { fieldsOf, type FormErrors } from '../../ui/forms/use-form.js';
import type { ModelDraft } from './connection-draft.js';
import styles from './connections.module.css';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

const kinds = RemoteModelCard.shape.kind.unwrap().options;
const kindText: Readonly<Record<(typeof kinds)[number], string>> = {
  generate: 'Generate',
  embed: 'Embed',
  rerank: 'Rerank',
  moderate: 'Moderate',
};
const abilities = [
  ['tools', 'Tools'],
  ['schema', 'Schemas'],
  ['images', 'Images'],
  ['reasoning', 'Reasoning'],
] as const;

/** The models that workflows can choose, with their known properties. */
export function ModelTable({
  value: models,
  found,
  errors,
  onChange,
}: {
  readonly value: readonly ModelDraft[];
  /** The names of models that the last test found. */
  readonly found: readonly string[];
  readonly errors: FormErrors;
  readonly onChange: (models: readonly ModelDraft[]) => void;
}): ReactElement {
  const add = (name: string): void =>
    onChange([
      ...models,
      {
        name,
        kind: 'generate',
        supports: {},
        contextTokens: undefined,
        maxOutputTokens: undefined,
        dimensions: undefined,
      },
    ]);
  const left = found.filter((name) => !models.some((model) => model.name === name));
  return (
    <fieldset className="sheet-part">
      <legend>Models</legend>
      <p className="quiet">
        Workflows offer these models; any other model can be entered by name. An empty size or capability uses the
        provider's default, with 128,000 tokens of context.
      </p>
      {models.length === 0 ? null : (
        <ul className="rows">
          {models.map((model, index) => {
            const field = fieldsOf(model, (next) => onChange(models.with(index, next)));
            const of = model.name === '' ? `model ${index + 1}` : model.name;
            return (
              <li key={index} className={styles['model-row']}>
                <TextField
                  title={`Name of ${of}`}
                  isTitleHidden
                  {...field('name')}
                  error={errors[`models.${index}.name`]}
                />
                <SelectField
                  title={`Kind of ${of}`}
                  isTitleHidden
                  {...field('kind')}
                  choices={kinds.map((kind) => [kind, kindText[kind]])}
                />
                {model.kind === 'embed' ? (
                  <div className={clsx(styles['inline-number'], 'aligned')}>
                    Dimensions
                    <NumberField
                      title={`Dimensions of ${of}`}
                      isTitleHidden
                      {...field('dimensions')}
                      error={errors[`models.${index}.dimensions`]}
                    />
                  </div>
                ) : (
                  <div className={clsx(styles['inline-number'], 'aligned')}>
                    Context
                    <NumberField
                      title={`Context of ${of}, in tokens`}
                      isTitleHidden
                      {...field('contextTokens')}
                      error={errors[`models.${index}.contextTokens`]}
                    />
                  </div>
                )}
                <div className="abilities wrapped" role="group" aria-label={`Capabilities of ${of}`}>
                  {model.kind === 'generate'
                    ? abilities.map(([ability, text]) => (
                        <label key={ability}>
                          <input
                            type="checkbox"
                            checked={model.supports[ability] === true}
                            onChange={(event) =>
                              field('supports').onChange({ ...model.supports, [ability]: event.target.checked })
                            }
                          />
                          {text}
                        </label>
                      ))
                    : null}
                </div>
                <RemoveButton label={`Remove ${of}`} onClick={() => onChange(models.filter((_, at) => at !== index))} />
              </li>
            );
          })}
        </ul>
      )}
      {left.length === 0 ? null : (
        <div className="aligned-wrapped gap-6" role="group" aria-label="Models that the test found">
          <span className="quiet">Found by the test:</span>
          {left.slice(0, 60).map((name) => (
            <button
              key={name}
              type="button"
              className={clsx(styles['chip'], 'aligned-inline mono')}
              onClick={() => add(name)}
              aria-label={`Add ${name}`}
            >
              <Plus size={12} aria-hidden /> {name}
            </button>
          ))}
          {left.length > 60 ? <span className="quiet">and {left.length - 60} more</span> : null}
        </div>
      )}
      <button type="button" className="button sheet-add" onClick={() => add('')}>
        <Plus size={15} aria-hidden /> Add model
      </button>
    </fieldset>
  );
}
