import { readerKinds, withoutUndefined, type ReaderKind, type ReaderRules } from '@heddle/core';
import { Trash2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { useGet } from '../../data/queries/use-get.js';
import { SelectField, TextField } from '../../ui/fields/FormFields.js';
import { ChangeRefused } from '../../ui/states/ChangeRefused.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { ReaderList } from './ReadersField.js';
import { kindText } from './reader-text.js';

type Rule = ReaderRules['rules'][number];

/** The rules that give readers to the documents of a collection. They load when the section is opened. */
export function ReaderRulesPanel({
  name,
  onChanged,
}: {
  readonly name: string;
  readonly onChanged: () => void;
}): ReactElement | null {
  const [isOpen, setOpen] = useState(false);
  if (!useMay('reader:manage')) return null;
  return (
    <details className="section" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Rules for readers</summary>
      {isOpen ? <LoadedRules name={name} onChanged={onChanged} /> : null}
    </details>
  );
}

function LoadedRules({ name, onChanged }: { readonly name: string; readonly onChanged: () => void }): ReactElement {
  const loaded = useGet('/api/collections/{name}/reader-rules', { params: { path: { name } } });
  // After a save, the form is mounted again with the stored rules, so the message about the save must be kept outside it.
  const [changed, setChanged] = useState<number>();
  return (
    <>
      <WhenLoaded loaded={loaded}>
        {(rules) => (
          <RulesForm
            key={JSON.stringify(rules)}
            name={name}
            before={rules}
            again={loaded.again}
            onSaved={(documents) => {
              setChanged(documents);
              loaded.again();
              onChanged();
            }}
          />
        )}
      </WhenLoaded>
      {changed === undefined ? null : (
        <p className="quiet" role="status">
          The rules are saved. {changed === 1 ? '1 document has' : `${changed} documents have`} other readers now.
        </p>
      )}
    </>
  );
}

function RulesForm({
  name,
  before,
  again,
  onSaved,
}: {
  readonly name: string;
  readonly before: ReaderRules;
  readonly again: () => void;
  /** Called with the number of documents whose readers have changed. */
  readonly onSaved: (documents: number) => void;
}): ReactElement {
  const [rules, setRules] = useState<readonly Rule[]>(before.rules);
  const [otherwise, setOtherwise] = useState(before.otherwise);
  const action = useAction();
  const replace = (at: number, rule: Rule): void => setRules(rules.map((one, index) => (index === at ? rule : one)));
  return (
    <form
      className="stack gap-12"
      aria-label="Rules for readers"
      onSubmit={(event) => {
        event.preventDefault();
        action.run(async () => {
          const body = withoutUndefined({
            rules: [...rules],
            otherwise: otherwise === undefined ? undefined : [...otherwise],
            base: before,
          });
          const params = { path: { name } };
          const { documents } = await client.PUT('/api/collections/{name}/reader-rules', { params, body });
          onSaved(documents);
        });
      }}
    >
      <p className="quiet">
        Documents that are imported without readers get those of the first rule that applies. Saving applies the rules
        to documents whose readers nobody set.
      </p>
      {action.error === undefined ? null : <ChangeRefused error={action.error} again={again} />}
      {rules.map((rule, at) => (
        <RuleFields
          // Rules have no ids and are identified by their order.
          key={at}
          number={at + 1}
          rule={rule}
          onChange={(next) => replace(at, next)}
          onRemove={() => setRules(rules.filter((_, index) => index !== at))}
        />
      ))}
      <SelectField
        title="If no rule applies"
        value={otherwise === undefined ? 'everybody' : 'nobody'}
        choices={[
          ['everybody', 'Everybody who may read the collection'],
          ['nobody', otherwise !== undefined && otherwise.length > 0 ? otherwise.join(', ') : 'Nobody'],
        ]}
        onChange={(next) => setOtherwise(next === 'everybody' ? undefined : (before.otherwise ?? []))}
      />
      <div className="wrapped gap-8">
        <button type="button" className="button" onClick={() => setRules([...rules, { prefix: '', readers: [] }])}>
          Add a rule for a path
        </button>
        <button type="button" className="button" onClick={() => setRules([...rules, { field: '' }])}>
          Add a rule for a field
        </button>
        <button type="submit" className="button button-primary" disabled={action.isBusy}>
          Save the rules
        </button>
      </div>
    </form>
  );
}

function RuleFields({
  number,
  rule,
  onChange,
  onRemove,
}: {
  readonly number: number;
  readonly rule: Rule;
  readonly onChange: (rule: Rule) => void;
  readonly onRemove: () => void;
}): ReactElement {
  const choices = useGet('/api/readers', {}, ({ readers }) => readers);
  return (
    <fieldset className="boxed stack gap-8">
      <legend>Rule {number}</legend>
      {'prefix' in rule ? (
        <>
          <TextField
            title="Documents below"
            value={rule.prefix}
            isRequired
            placeholder="hr/"
            help="The rule applies if the id of the document begins with exactly this text."
            onChange={(prefix) => onChange({ ...rule, prefix })}
          />
          <ReaderList
            readers={rule.readers}
            choices={choices.value ?? []}
            onChange={(readers) => onChange({ ...rule, readers: [...readers] })}
          />
        </>
      ) : (
        <>
          <TextField
            title="Field of the metadata"
            value={rule.field}
            isRequired
            placeholder="team"
            help="Its values name the readers. A value that is not a name gives access to nobody."
            onChange={(field) => onChange({ ...rule, field })}
          />
          <SelectField<ReaderKind | 'whole'>
            title="Its values are"
            value={rule.kind ?? 'whole'}
            choices={[
              ['whole', 'Whole names such as user:ID'],
              ...readerKinds.map((kind) => [kind, kindText(`${kind}:`)] as const),
            ]}
            onChange={(kind) => onChange(kind === 'whole' ? { field: rule.field } : { field: rule.field, kind })}
          />
        </>
      )}
      <div>
        <button type="button" className="button button-small" onClick={onRemove}>
          <Trash2 size={14} aria-hidden /> Remove rule {number}
        </button>
      </div>
    </fieldset>
  );
}
