/** @jest-environment jsdom */
import { expect, it } from '@jest/globals';
import { focusPanel, switchRegion } from './move-focus.js';

it('the first field of the panel takes the focus, even one that is no native field', () => {
  document.body.innerHTML = `
    <aside data-panel>
      <div class="panel-switch"><button>Run</button></div>
      <div hidden><textarea id="run"></textarea></div>
      <button role="tab">Settings</button>
      <div id="template" contenteditable="true" tabindex="0"></div>
      <button id="chip">a</button>
    </aside>`;
  focusPanel();
  expect(document.activeElement?.id).toBe('template');
});

const regions = (drawer: string): string => `
  <main>
    <button id="publish">Publish</button>
    <div class="workflow-canvas" id="canvas" tabindex="0">
      <div data-zoom role="group"><button id="out" disabled>-</button><button id="in">+</button></div>
    </div>
    ${drawer}
    <aside data-panel><input id="field" /></aside>
  </main>`;
const walk = (steps: readonly (1 | -1)[]): readonly (string | undefined)[] =>
  steps.map((step) => {
    switchRegion(step);
    return document.activeElement?.id;
  });

it('the focus moves through the regions of the screen and back, including the buttons of the zoom', () => {
  document.body.innerHTML = regions('<section data-drawer><button id="tab">Timeline</button></section>');
  expect(walk([1, 1, 1, 1, 1])).toEqual(['canvas', 'field', 'tab', 'in', 'canvas']);
  expect(walk([-1, -1, -1, -1])).toEqual(['in', 'tab', 'field', 'canvas']);
});

it('the focus skips missing regions, and moves to the canvas from anywhere else', () => {
  document.body.innerHTML = regions('');
  expect(walk([1, 1, 1, 1])).toEqual(['canvas', 'field', 'in', 'canvas']);
  document.querySelector<HTMLElement>('#publish')?.focus();
  expect(walk([-1])).toEqual(['canvas']);
  document.body.innerHTML = '<div class="workflow-canvas" id="canvas" tabindex="0"></div>';
  expect(walk([1, 1])).toEqual(['canvas', 'canvas']);
});
