/** What every page does beyond its HTML. Each line is one behaviour; each works on elements that ask for it. */
import { copyOnClick } from './copy.js';
import { dropAnywhere } from './drop.js';
import { startEditors } from './editor.js';
import { filterWhileTyping } from './filter.js';
import { guardForms } from './forms.js';
import { startKeys } from './keys.js';
import { chooseRows } from './choose.js';
import { keepLive } from './live.js';
import { closeMenus } from './menus.js';
import { localTimes } from './times.js';

copyOnClick(document);
guardForms(document);
closeMenus(document);
startEditors(document);
filterWhileTyping(document);
chooseRows(document);
startKeys(document);
localTimes(document);
dropAnywhere(document);
keepLive(document);
