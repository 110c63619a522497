/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The namespaces and addresses of WS-Management (DSP0226) and of Microsoft's additions (MS-WSMV 2.2.1). */
#ifndef CURFEW_PROVIDERS_WSMAN_SOAP_H
#define CURFEW_PROVIDERS_WSMAN_SOAP_H

#define NS_SOAP        "http://www.w3.org/2003/05/soap-envelope"
#define NS_ADDRESSING  "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define NS_ENUMERATION "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
#define NS_TRANSFER    "http://schemas.xmlsoap.org/ws/2004/09/transfer"
#define NS_WSMAN       "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define NS_MICROSOFT   "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
#define NS_SHELL       "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
#define NS_FAULT       "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
#define NS_IDENTITY    "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
#define NS_WMI_ERROR   "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError"
#define NS_INSTANCE    "http://www.w3.org/2001/XMLSchema-instance"   /* xsi:type, xsi:nil */
#define NS_CIM         "http://schemas.dmtf.org/wbem/wscim/1/common" /* cim:Datetime, cim:Interval */
#define NS_XML         "http://www.w3.org/XML/1998/namespace"

#define ACTION_ENUMERATE NS_ENUMERATION "/Enumerate"
#define ACTION_PULL      NS_ENUMERATION "/Pull"
#define ACTION_RELEASE   NS_ENUMERATION "/Release"
#define ACTION_GET       NS_TRANSFER "/Get"
#define ACTION_DELETE    NS_TRANSFER "/Delete"
#define RESOURCE_CONFIG  "http://schemas.microsoft.com/wbem/wsman/1/config" /* winrm/config */
#define DIALECT_WQL      "http://schemas.microsoft.com/wbem/wsman/1/WQL"

#endif
