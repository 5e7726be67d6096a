import { useId, type ReactElement, type ReactNode } from 'react';
import { WhenLoaded } from '../WhenLoaded.js';
import type { Loaded } from './use-loaded.js';

export interface SectionProps<Value> {
  readonly title: string;
  readonly loaded: Loaded<readonly Value[]>;
  /** What the place is for, and the first thing to do. */
  readonly empty: ReactNode;
  readonly children: (value: readonly Value[]) => ReactNode;
}

/** A part of the home page: what it holds, that it is on its way, that it failed, or what it is for. */
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
