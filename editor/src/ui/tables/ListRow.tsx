import type { ReactElement, ReactNode } from 'react';

/**
 * One entry of a list (`<ul className="rows">`): its name, facts below it, and buttons on the right.
 *
 * @example <ListRow title={name} facts={`service:${id}`}><RowButton title="Remove" what={name} run={remove} /></ListRow>
 */
export function ListRow({
  icon,
  title,
  facts,
  hint,
  children,
}: {
  readonly icon?: ReactNode;
  readonly title: ReactNode;
  readonly facts: ReactNode;
  readonly hint?: string;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <li className="row">
      {icon}
      <span className="row-main" data-tip={hint}>
        <span className="row-title">{title}</span>
        <span className="quiet row-facts">{facts}</span>
      </span>
      {children}
    </li>
  );
}
