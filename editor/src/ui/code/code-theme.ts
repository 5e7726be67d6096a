import { EditorView } from '@codemirror/view';

/** The theme of code fields, which look like all other fields. */
export const codeTheme = EditorView.theme({
  '&': {
    fontSize: '12.5px',
    backgroundColor: 'var(--surface-raised)',
    color: 'var(--text)',
    borderRadius: 'var(--radius)',
  },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5', maxHeight: '420px' },
  '.cm-content': { padding: '6px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 9px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--text-quiet)', border: '0' },
  '.cm-placeholder': { color: 'var(--text-quiet)' },
  '.cm-tooltip': {
    border: '1px solid var(--line)',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--surface-raised)',
    color: 'var(--text)',
    boxShadow: 'var(--shadow)',
  },
  // The selector is as specific as that of the editor's base theme, which would otherwise win.
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { minWidth: '220px', maxWidth: 'min(420px, 95vw)', padding: '4px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    padding: '4px 8px',
    borderRadius: '4px',
    fontFamily: 'var(--mono)',
    lineHeight: '18px',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--accent-text)',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected] .cm-completionDetail': { color: 'var(--accent-text)' },
  '.cm-completionDetail': {
    marginLeft: '10px',
    fontFamily: 'var(--sans)',
    fontStyle: 'normal',
    color: 'var(--text-quiet)',
  },
  '.cm-diagnostic': { borderLeftColor: 'var(--failed)', fontFamily: 'var(--sans)', fontSize: '12px' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--accent-soft)', outline: 'none' },
});
