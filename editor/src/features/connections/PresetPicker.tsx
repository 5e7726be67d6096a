import clsx from 'clsx';
import { Cloud, Laptop } from 'lucide-react';
import type { ReactElement } from 'react';
import { providerOf } from '../../ui/icons/makers.js';
import { MakerMark } from '../../ui/icons/ModelMark.js';
import type { Preset } from '../../data/api/reply-parts.js';
import styles from './connections.module.css';

const groups = [
  { title: 'Providers', icon: Cloud, fits: ({ kind }: Preset) => kind !== 'openai-compatible' },
  {
    title: 'Hosted, OpenAI-compatible',
    icon: Cloud,
    fits: ({ kind, isLocal }: Preset) => kind === 'openai-compatible' && !isLocal,
  },
  {
    title: 'Self-hosted',
    icon: Laptop,
    fits: ({ kind, isLocal }: Preset) => kind === 'openai-compatible' && isLocal,
  },
];

/** Any other server with the chat completions API. */
const other: Preset = {
  id: 'server',
  title: 'Other server',
  kind: 'openai-compatible',
  needsKey: false,
  isLocal: true,
  hint: 'Any server with the OpenAI chat completions API.',
};

/** Presets for a new connection, grouped by where the models run. */
export function PresetPicker({
  presets,
  onPick,
}: {
  readonly presets: readonly Preset[];
  readonly onPick: (preset: Preset) => void;
}): ReactElement {
  return (
    <>
      {groups.map(({ title, icon: Icon, fits }) => (
        <section key={title} className="section" aria-label={title}>
          <h2>{title}</h2>
          <ul className={styles['presets']}>
            {[...presets, other].filter(fits).map((preset) => {
              const provider = providerOf(preset.id);
              return (
                <li key={preset.id}>
                  <button
                    type="button"
                    className={clsx(styles['preset'], 'boxed-surface')}
                    onClick={() => onPick(preset)}
                  >
                    {provider === undefined ? <Icon size={16} aria-hidden /> : <MakerMark maker={provider} />}
                    <span className={styles['preset-title']}>{preset.title}</span>
                    <span className="quiet">{preset.baseUrl ?? preset.hint}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </>
  );
}
