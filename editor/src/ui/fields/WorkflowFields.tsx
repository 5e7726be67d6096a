import type { ReactElement } from 'react';
import type { KnownWorkflows } from '../../data/queries/use-workflows.js';
import { FieldError } from './FieldError.js';
import { CheckList } from './CheckList.js';

/** Chooses all workflows or some of them. An unknown workflow is listed by its id. */
export function WorkflowFields({
  legend,
  everything,
  value,
  choices,
  error,
  onChange,
}: {
  readonly legend: string;
  /** The caption of the choice of all workflows. */
  readonly everything: string;
  /** The ids of the chosen workflows; undefined means all workflows. */
  readonly value: readonly string[] | undefined;
  readonly choices: KnownWorkflows['choices'];
  readonly error?: string | undefined;
  readonly onChange: (value: readonly string[] | undefined) => void;
}): ReactElement {
  const unknown = (value ?? []).filter((id) => !choices.some(([known]) => known === id));
  return (
    <fieldset className="choices">
      <legend className="field-label">{legend}</legend>
      <label className="choice">
        <input
          type="checkbox"
          checked={value === undefined}
          onChange={(event) => onChange(event.target.checked ? undefined : [])}
        />
        <span>{everything}</span>
      </label>
      {value === undefined ? null : (
        <div className="choice-list boxed">
          <CheckList
            value={value}
            choices={[...choices, ...unknown.map((id) => [id, id] as const)]}
            onChange={onChange}
          />
        </div>
      )}
      <FieldError text={error} />
    </fieldset>
  );
}
