export class Wiring { constructor(root, film) { Object.assign(this, { root, film }); } receive() {} draw() {} }
