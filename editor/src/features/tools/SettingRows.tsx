import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { TextField } from '../../ui/fields/FormFields.js';
import { fieldsOf } from '../../ui/forms/use-form.js';
import type { SettingDraft } from './tool-server-draft.js';
import styles from './tools.module.css';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

/** Rows for headers or environment variables. The value of each is a text followed by the value of a secret. */
export function SettingRows({
  settings,
  one,
  onChange,
}: {
  readonly settings: readonly SettingDraft[];
  readonly one: 'header' | 'variable';
  readonly onChange: (settings: readonly SettingDraft[]) => void;
}): ReactElement {
  // If the user may not list secrets, the field still accepts a name.
  const { value: secrets } = useGet('/api/secrets', {}, ({ secrets }) => secrets);
  return (
    <>
      {settings.map((setting, index) => {
        const field = fieldsOf(setting, (next) => onChange(settings.with(index, next)));
        return (
          <div key={index} className={styles['tool-setting']} role="group" aria-label={`${one} ${index + 1}`}>
            <TextField
              title={one === 'header' ? 'Header' : 'Variable'}
              {...field('name')}
              placeholder={one === 'header' ? 'authorization' : 'API_TOKEN'}
            />
            <TextField title="Text" {...field('value')} placeholder={one === 'header' ? 'Bearer ' : ''} />
            <TextField
              title="Secret"
              {...field('secret')}
              placeholder="none"
              suggestions={(secrets ?? []).map(({ name }) => name)}
            />
            <RemoveButton label={`Remove ${one} ${index + 1}`} onClick={() => onChange(settings.toSpliced(index, 1))} />
          </div>
        );
      })}
      <button
        type="button"
        className="button button-small sheet-add"
        onClick={() => onChange([...settings, { name: '', value: '', secret: '' }])}
      >
        <Plus size={14} aria-hidden /> Add a {one}
      </button>
    </>
  );
}
