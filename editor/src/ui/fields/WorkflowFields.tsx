import type { ReactElement } from 'react';
import type { KnownWorkflows } from '../../data/queries/use-workflows.js';
import { FieldError } from './FieldError.js';
import { CheckList } from './CheckList.js';

/** Chooses all workflows or some of them. An unknown workflow is listed by its id. */
export function WorkflowFields({
  legend,
  everything,
  chosen,
  choices,
  problem,
  onChange,
}: {
  readonly legend: string;
  /** The caption of the choice of all workflows. */
  readonly everything: string;
  /** The ids of the chosen workflows; undefined means all workflows. */
  readonly chosen: readonly string[] | undefined;
  readonly choices: KnownWorkflows['choices'];
  readonly problem?: string | undefined;
  readonly onChange: (chosen: readonly string[] | undefined) => void;
}): ReactElement {
  const unknown = (chosen ?? []).filter((id) => !choices.some(([known]) => known === id));
  return (
    <fieldset className="choices">
      <legend className="field-label">{legend}</legend>
      <label className="choice">
        <input
          type="checkbox"
          checked={chosen === undefined}
          onChange={(event) => onChange(event.target.checked ? undefined : [])}
        />
        <span>{everything}</span>
      </label>
      {chosen === undefined ? null : (
        <div className="choice-list boxed">
          <CheckList
            value={chosen}
            choices={[...choices, ...unknown.map((id) => [id, id] as const)]}
            onChange={onChange}
          />
        </div>
      )}
      <FieldError text={problem} />
    </fieldset>
  );
}
