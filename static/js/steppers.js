/* Number fields get a minus and a plus: easier with one thumb than a keyboard. */
import { each } from "./each.js";

function button(sign, label, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = sign;
  made.tabIndex = -1;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", press);
  return made;
}

each(".field--number input[type=number]", (input) => {
  if (input.disabled || input.readOnly || input.closest(".stepped, .filters")) return;
  const label = input.labels[0]?.textContent.trim() ?? "";
  const frame = document.createElement("span");
  frame.className = "stepped";
  const turn = (way) => () => {
    if (input.value === "") input.value = input.min || "0";
    else if (way > 0) input.stepUp();
    else input.stepDown();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  input.before(frame);
  frame.append(button("−", `${label} −`, turn(-1)), input, button("+", `${label} +`, turn(1)));
});
