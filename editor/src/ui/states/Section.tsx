import { useId, type ReactElement, type ReactNode } from 'react';
import { WhenLoaded } from './WhenLoaded.js';
import type { Loaded } from '../../data/queries/use-loaded.js';

interface SectionProps<Value> {
  readonly title: string;
  readonly loaded: Loaded<readonly Value[]>;
  /** The empty state: the purpose and the first step. */
  readonly empty: ReactNode;
  readonly children: (value: readonly Value[]) => ReactNode;
}

/** A section of the start page: its content, the loading state, the error, or the empty state. */
export function Section<Value>({ title, loaded, empty, children }: SectionProps<Value>): ReactElement {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <WhenLoaded loaded={loaded} empty={empty}>
        {children}
      </WhenLoaded>
    </section>
  );
}
