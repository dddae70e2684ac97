/* Live conveniences; every page works without them. Each module looks after one thing. */
import "./dialogs.js";
import "./menus.js";
import "./toasts.js";
import "./steppers.js";
import "./copy.js";
import "./busy.js";
import "./drafts.js";
import "./idle.js";
import "./filters.js";
import "./errors.js";
import "./back.js";
