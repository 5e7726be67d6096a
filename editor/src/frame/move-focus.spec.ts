/** @jest-environment jsdom */
import { expect, it } from '@jest/globals';
import { focusPanel } from './move-focus.js';

it('the first field of the panel takes the focus, also one that is no field of the browser', () => {
  document.body.innerHTML = `
    <aside class="panel">
      <div class="panel-switch"><button>Run</button></div>
      <div hidden><textarea id="run"></textarea></div>
      <button role="tab">Settings</button>
      <div id="template" contenteditable="true" tabindex="0"></div>
      <button id="chip">a</button>
    </aside>`;
  focusPanel();
  expect(document.activeElement?.id).toBe('template');
});
