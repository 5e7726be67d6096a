import type { Budget, WorkflowSummary } from '@heddle/core';
import type { ReactElement } from 'react';
import { SelectField, TextField } from '../../ui/fields/FormFields.js';

type Scope = Budget['scope'];

const kinds: readonly (readonly [Scope['kind'], string])[] = [
  ['all', 'Everything'],
  ['workflow', 'A workflow'],
  ['run', 'Each run'],
  ['node', 'Each execution of a node'],
  ['connection', 'A connection'],
  ['key', 'An API key'],
];

/** The fields for what a budget limits. */
export function ScopeFields({
  scope,
  workflows,
  connections,
  keys,
  onChange,
}: {
  readonly scope: Scope;
  readonly workflows: readonly WorkflowSummary[];
  readonly connections: readonly string[];
  /** The names of API keys by id. */
  readonly keys: readonly (readonly [string, string])[];
  readonly onChange: (scope: Scope) => void;
}): ReactElement {
  const first = workflows[0]?.id ?? '';
  const begin = (kind: Scope['kind']): Scope => {
    switch (kind) {
      case 'all':
      case 'run':
        return { kind };
      case 'workflow':
        return { kind, id: first };
      case 'node':
        return { kind, workflow: first, node: '' };
      case 'connection':
        return { kind, id: connections[0] ?? '' };
      case 'key':
        return { kind, id: '' };
    }
  };
  const choices = workflows.map(({ id, name }) => [id, name] as const);
  return (
    <div className="field-pair">
      <SelectField title="Scope" value={scope.kind} choices={kinds} onChange={(kind) => onChange(begin(kind))} />
      {scope.kind === 'workflow' ? (
        <SelectField
          title="Workflow"
          value={scope.id}
          choices={choices}
          onChange={(id) => onChange({ kind: 'workflow', id })}
        />
      ) : null}
      {scope.kind === 'run' ? (
        <SelectField
          title="Workflow"
          value={scope.workflow ?? ''}
          choices={[['', 'all workflows'], ...choices]}
          onChange={(id) => onChange(id === '' ? { kind: 'run' } : { kind: 'run', workflow: id })}
        />
      ) : null}
      {scope.kind === 'node' ? (
        <>
          <SelectField
            title="Workflow"
            value={scope.workflow}
            choices={choices}
            onChange={(workflow) => onChange({ ...scope, workflow })}
          />
          <TextField
            title="Node"
            value={scope.node}
            placeholder="answer"
            help="Its id on the canvas."
            onChange={(node) => onChange({ ...scope, node })}
          />
        </>
      ) : null}
      {scope.kind === 'connection' ? (
        <TextField
          title="Connection"
          value={scope.id}
          suggestions={connections}
          onChange={(id) => onChange({ kind: 'connection', id })}
        />
      ) : null}
      {scope.kind === 'key' ? (
        <KeyField id={scope.id} keys={keys} onChange={(id) => onChange({ kind: 'key', id })} />
      ) : null}
    </div>
  );
}

/** A field for an API key, chosen by name. Users who may not see keys enter the id. */
function KeyField({
  id,
  keys,
  onChange,
}: {
  readonly id: string;
  readonly keys: readonly (readonly [string, string])[];
  readonly onChange: (id: string) => void;
}): ReactElement {
  if (keys.length === 0)
    return (
      <TextField
        title="Key id"
        value={id}
        help="There is no key that you can see. Create one in the settings first."
        onChange={onChange}
      />
    );
  const isGone = id !== '' && !keys.some(([known]) => known === id);
  return (
    <SelectField
      title="Key"
      value={id}
      choices={[['', 'Select a key'], ...keys, ...(isGone ? [[id, `${id} (deleted)`] as const] : [])]}
      onChange={onChange}
    />
  );
}
