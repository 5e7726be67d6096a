import { withoutUndefined, type LabelLevel, type SourceKind, type SourceReply } from '@heddle/core';
import { useMemo, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { SelectField, TextField } from '../../ui/fields/FormFields.js';
import { useForm, type Form } from '../../ui/forms/use-form.js';
import { levelChoices } from '../../ui/format/level-choices.js';
import { PlainField } from '../../ui/schema-form/plain/PlainField.js';
import { isInUse, schemaFields } from '../../ui/schema-form/schema-field.js';
import { ReadersField } from '../readers/index.js';
import { bodyOf, changeOf, draftOf, idFrom, missingOf, secretProblem, type SourceDraft } from './source-draft.js';
import { scheduleChoices } from './source-text.js';

/** Adds or changes a source. The settings of its kind are rendered from their schema. */
export function SourceDialog({
  name,
  level,
  source,
  taken,
  onSaved,
  onClose,
}: {
  readonly name: string;
  readonly level: LabelLevel | undefined;
  /** The source to change. Without it, a new one is created. */
  readonly source?: SourceReply;
  readonly taken: readonly string[];
  readonly onSaved: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const kinds = useGet('/api/sources/kinds', {}, (reply) => reply.kinds);
  const form = useForm(() => draftOf(source, ''));
  const { values: draft } = form;
  const chosen = draft.kind === '' ? kinds.value?.[0] : kinds.value?.find(({ kind }) => kind === draft.kind);
  const whole = { ...draft, kind: chosen?.kind ?? draft.kind };
  const missing = missingOf(whole, chosen);
  const submit = async (): Promise<void> => {
    if (source === undefined) {
      const body = bodyOf(whole, idFrom(whole.title, taken));
      await client.POST('/api/collections/{name}/sources', { params: { path: { name } }, body });
    } else {
      const params = { path: { name, source: source.id } };
      await client.PATCH('/api/collections/{name}/sources/{source}', { params, body: changeOf(whole, source) });
    }
    onSaved();
    onClose();
  };
  return (
    <FormDialog
      title={source === undefined ? 'Add a source' : `Change “${source.title}”`}
      verb={source === undefined ? 'Add and sync' : 'Save'}
      isDisabled={missing !== undefined}
      isWide
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <SelectField
        title="Kind"
        value={whole.kind}
        isReadOnly={source !== undefined}
        choices={kinds.value?.map(({ kind, title }) => [kind, title] as const) ?? []}
        help={chosen?.description}
        onChange={(kind) => form.change({ kind, config: {} })}
      />
      <TextField title="Title" {...form.field('title')} isFirst placeholder="Handbook" />
      {chosen === undefined ? null : <KindFields kind={chosen} form={form} />}
      <SelectField
        title="Sync"
        {...form.field('cron')}
        choices={
          scheduleChoices.some(([cron]) => cron === draft.cron)
            ? scheduleChoices
            : [...scheduleChoices, [draft.cron, draft.cron] as const]
        }
      />
      <Access level={level} isByRules={source?.readers === undefined} form={form} />
      {missing === undefined ? null : (
        <p className="quiet" role="status">
          {missing}
        </p>
      )}
    </FormDialog>
  );
}

interface PartProps {
  readonly form: Form<SourceDraft>;
}

/** The settings of a kind of source, with its secret. */
function KindFields({ kind, form }: PartProps & { readonly kind: SourceKind }): ReactElement {
  const { config, secret } = form.values;
  const fields = useMemo(() => schemaFields(kind.config), [kind]);
  const secrets = useGet('/api/secrets', {}, (reply) => reply.secrets);
  return (
    <>
      {fields
        .filter((field) => isInUse(field, config, fields))
        .map((field) => (
          <PlainField
            key={`${kind.kind} ${field.name}`}
            field={field}
            value={config[field.name]}
            path={field.name}
            issues={[]}
            isReadOnly={false}
            onChange={(value) => form.change({ config: withoutUndefined({ ...config, [field.name]: value }) })}
          />
        ))}
      {kind.secret === 'none' ? null : (
        <TextField
          title={kind.secret === 'required' ? 'Secret' : 'Secret, if it needs one'}
          {...form.field('secret')}
          suggestions={(secrets.value ?? []).map(({ name }) => name)}
          error={secretProblem(secret)}
          help={
            <>
              The name of a secret, which is only sent to its allowed hosts.{' '}
              <a href="/secrets" target="_blank" rel="noreferrer" className="text-link">
                Set one on the Secrets page
              </a>
            </>
          }
        />
      )}
    </>
  );
}

const levels: readonly LabelLevel[] = ['public', 'internal', 'confidential', 'restricted'];

/** The label and readers of a source's documents. */
function Access({
  level,
  isByRules,
  form,
}: PartProps & {
  readonly level: LabelLevel | undefined;
  /** Whether nobody has set readers yet, so that the collection's rules decide. */
  readonly isByRules: boolean;
}): ReactElement {
  const mayManage = useMay('reader:manage');
  const allowed = levelChoices.filter(([one]) => level === undefined || levels.indexOf(one) <= levels.indexOf(level));
  return (
    <details className="collection-more">
      <summary>Label and readers</summary>
      <div className="grid">
        <SelectField
          title="Label"
          {...form.field('label')}
          choices={[['', 'As the collection'] as const, ...allowed]}
        />
        {mayManage ? (
          <ReadersField
            {...form.field('readers')}
            {...(isByRules ? { unchanged: 'By the rules of the collection' } : {})}
          />
        ) : null}
      </div>
    </details>
  );
}
