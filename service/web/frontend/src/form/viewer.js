import { Form } from '@bpmn-io/form-js-viewer';

import { BoundedComputing, SettledConditions } from './conditions.js';
import { QuietRows } from './rows.js';
import { translate } from './translate.js';

/** A form as our pages show it: in Chinese, quick with long lists, and with conditions that the server shares. */
export function viewer(container) {
  return new Form({
    container,
    debounce: false, // a late number would draw the form again and take away what is being typed elsewhere
    additionalModules: [
      {
        translate: ['value', translate],
        repeatRenderManager: ['type', QuietRows],
        conditionChecker: ['type', SettledConditions],
        expressionLoopPreventer: ['type', BoundedComputing],
      },
    ],
  });
}
