/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * style - how the page looks: on a screen, on a phone, on paper, in the dark
 *
 *	puts(style_sheet);
 */
#ifndef CONTROL_REPORT_STYLE_H
#define CONTROL_REPORT_STYLE_H

extern const char style_sheet[];	/* CSS */

#endif
