import type { ReactElement, ReactNode } from 'react';

/** One line of a list of facts (`<dl className="facts">`): its name and its value. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="figure">{children}</dd>
    </div>
  );
}
