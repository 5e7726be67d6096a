import clsx from 'clsx';
import { Plus, type LucideIcon } from 'lucide-react';
import { useId, type ReactElement, type ReactNode } from 'react';
import type { ApiError } from '../../data/http/http.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Notice } from '../../ui/states/Notice.js';
import type { Loaded } from '../../data/queries/use-loaded.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import styles from './triggers.module.css';

/** The webhooks or schedules of a workflow: an explanation, a button that creates one, and a card for each. */
export function ChannelList<Channel>({
  title,
  lead,
  Icon,
  empty,
  add,
  channels,
  mayAdd,
  error,
  onAdd,
  children,
}: {
  readonly title: string;
  readonly lead: ReactNode;
  readonly Icon: LucideIcon;
  readonly empty: string;
  readonly add: string;
  readonly channels: Pick<Loaded<readonly Channel[]>, 'value' | 'error' | 'again'>;
  readonly mayAdd: boolean;
  readonly error: ApiError | undefined;
  readonly onAdd: () => void;
  readonly children: (channel: Channel) => ReactNode;
}): ReactElement {
  const id = useId();
  const { value } = channels;
  const button = (
    <button type="button" className="button button-primary" disabled={!mayAdd} onClick={onAdd}>
      <Plus size={15} aria-hidden /> {add}
    </button>
  );
  return (
    <section className={clsx(styles['trigger-section'], 'stack')} aria-labelledby={id}>
      <header className={styles['trigger-lead']}>
        <div>
          <h2 id={id}>{title}</h2>
          <p className="quiet">{lead}</p>
        </div>
        {value === undefined || value.length === 0 ? null : button}
      </header>
      {error === undefined ? null : <Notice error={error} />}
      <WhenLoaded
        loaded={channels}
        empty={
          <EmptyState
            Icon={Icon}
            action={
              mayAdd ? button : <span className="quiet">Read-only: creating one needs the right to publish.</span>
            }
          >
            {empty}
          </EmptyState>
        }
      >
        {(list) => <ul className="stack gap-14">{list.map(children)}</ul>}
      </WhenLoaded>
    </section>
  );
}
